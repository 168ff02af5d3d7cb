package triage

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

var unixNames = &Rule{
	ID: "T57", Title: "names of UNIX sockets that forge rows or drive terminals", Severity: Critical,
	Needs: []Need{{"proc/net/unix"}},
	Uses:  []string{"proc/*/fd/*", "proc/*/cmdline"},
	Means: "Any program may give its socket a name with a newline, so that the rest reads as a row of its own, or with escape sequences that the terminal of whoever looks obeys: do not trust the rows that are named here.",
	Do:    "find the process by the inode of the row above: lsof -U; ls -l /proc/*/fd; show such files with cat -v only",
	References: []string{
		"https://github.com/util-linux/util-linux/issues/2067",
		"https://man7.org/linux/man-pages/man7/unix.7.html",
	},
	Check: func(c *Check) {
		var by groups[nameKind]
		c.EachUnix(func(s *rows.Unix) {
			encoded, odd := s.PathBytes.Get()
			if !odd {
				return
			}
			name, err := base64.StdEncoding.DecodeString(encoded)
			// Kernels before 2.6.35 print NUL bytes as they are, and not as @.
			name = bytes.ReplaceAll(name, []byte{0}, []byte("@"))
			if err != nil || words.IsSafe(string(name)) {
				return
			}
			by.add(kindOfName(name), func() Evidence { return UnixEvidence(s) })
		})
		c.AtEnd(func() {
			reportForged(c)
			for _, g := range by.list {
				kind := nameKinds[g.Key]
				f := Finding{
					Severity: kind.severity, Subject: kind.subject, Evidence: g.Evidence, Count: g.Count,
					What: fmt.Sprintf("%s %s", counted(g.Count, "UNIX socket has a name", "UNIX sockets have names"), kind.what),
				}
				if kind.doubt != "" {
					f.Doubts = []string{kind.doubt}
				}
				c.Find(f)
			}
		})
	},
}

// A nameKind is what is odd about a name, the worst first.
type nameKind int

const (
	drivesTerminal nameKind = iota
	reordersText
	controls
	noUTF8
)

var nameKinds = [...]struct {
	severity             Severity
	subject, what, doubt string
}{
	drivesTerminal: {Critical, "unix names that drive terminals", "with characters that terminals obey", ""},
	reordersText:   {Warning, "unix names that reorder text", "with characters that reorder or hide text", ""},
	controls:       {Warning, "unix names with control bytes", "with control bytes", "a program may have left memory that it did not set in the address"},
	noUTF8:         {Info, "unix names that are no UTF-8", "with bytes that are no UTF-8", "it may be text of an old character set, or no text at all"},
}

// kindOfName tells what is worst in a name that is not safe to print.
func kindOfName(name []byte) nameKind {
	kind := noUTF8
	for len(name) > 0 {
		r, n := utf8.DecodeRune(name)
		switch {
		case r == utf8.RuneError && n == 1:
		case r == '\x1b' || r == '\b' || r == '\r' || r == '\a' || r >= 0x80 && r < 0xa0:
			return drivesTerminal
		case r < ' ' || r == 0x7f:
			kind = min(kind, controls)
		case !words.IsSafe(string(r)):
			kind = min(kind, reordersText)
		}
		name = name[n:]
	}
	return kind
}

// unixClaims gather what the reading of proc/net/unix tells of rows that no kernel
// wrote.
type unixClaims struct {
	doubts []*parser.DoubtError
	broken []*parser.RowError // the first MaxEvidence of rows that begin with no number
	count  int                // of all of them
}

func (u *unixClaims) see(err error) {
	if d, ok := errors.AsType[*parser.DoubtError](err); ok {
		if len(u.doubts) < MaxEvidence {
			u.doubts = append(u.doubts, d)
		}
		return
	}
	row, ok := errors.AsType[*parser.RowError](err)
	if !ok || row.File != unixTable || row.Field != "Num" || !errors.Is(row.Err, parser.ErrSyntax) {
		return
	}
	if u.count++; len(u.broken) < MaxEvidence {
		u.broken = append(u.broken, row)
	}
}

const unixTable = "proc/net/unix"

// reportForged tells of the rows that the kernel may not have written, which the
// reading of the table has found.
func reportForged(c *Check) {
	for _, d := range c.claims.doubts {
		if !d.Forged {
			c.Doubt("%s", d.Why)
			continue
		}
		c.Find(Finding{
			Severity: Critical, Subject: "forged unix rows", Evidence: []Evidence{{d.File, 0, d.Why}},
			What:   "rows of " + d.File + " contradict others, or what kernels write",
			Doubts: []string{"the file may be put together from several captures"},
		})
	}
	u := &c.claims
	if u.count == 0 {
		return
	}
	f := Finding{
		Severity: Warning, Subject: "broken unix rows", Count: u.count, Doubts: []string{"the file may be damaged"},
		What: counted(u.count, "row", "rows") + " of " + unixTable + " without a number in front, as the rest of a name behind a newline would be",
	}
	for _, r := range u.broken {
		f.Evidence = append(f.Evidence, Evidence{r.File, r.Line, r.Value})
	}
	c.Find(f)
}
