package snapshot

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser"
)

// Facts say which machine was captured, and when. Each stands alone: it is the
// first that one of the files in [FactFiles] tells.
type Facts struct {
	Host         Fact // name of the machine
	Kernel       Fact // release: 6.1.0-50-s390x
	Architecture Fact // what uname -m prints: x86_64, aarch64, s390x
	Captured     Fact // when, as the capture words it
	// CapturedAt is the time of Captured in UTC. It is only known if that names UTC,
	// GMT or an offset: CET may be the zone of several places.
	CapturedAt parser.Opt[time.Time]
	Uptime     Fact // seconds since the machine was started, a decimal number
	BootID     Fact // another one each time the machine is started
	NetNS      Fact // number of the network namespace of proc/net
}

// A Fact is one value and the file that it was read in. An empty Value is
// unknown. The text is printable, one line of at most 256 bytes: whatever else a
// file holds counts as not there.
type Fact struct{ Value, From string }

// FactFiles are the files that [Snapshot.Facts] looks at.
var FactFiles = slices.Concat(HostFiles, dateFiles, []string{
	"proc/sys/kernel/osrelease", "proc/version", "proc/cpuinfo", "proc/uptime", "proc/sys/kernel/random/boot_id", "proc/*/ns/*",
})

// HostFiles tell the machine's name.
var HostFiles = slices.Concat(hostFiles, unameFiles)

// The files of one kind, best first. sosreport keeps the outputs of commands.
var (
	hostFiles  = []string{"proc/sys/kernel/hostname", "etc/hostname", "etc/HOSTNAME", "sos_commands/host/hostname", "hostname"}
	unameFiles = []string{"uname", "sos_commands/kernel/uname_-a"}
	dateFiles  = []string{"date", "sos_commands/date/date", "sos_commands/general/date", "sos_commands/systemd/timedatectl"}
)

// HostName is the name of the machine, or empty.
func (s *Snapshot) HostName() string { return s.host(s.fact(unameText, unameFiles...)).Value }

func (s *Snapshot) host(uname Fact) Fact {
	return s.fact(word, hostFiles...).or(uname.part(func(text string) string { return nth(text, 1) }))
}

// Facts reads what is known of the machine.
func (s *Snapshot) Facts() Facts {
	uname := s.fact(unameText, unameFiles...)
	f := Facts{
		Host:     s.host(uname),
		Captured: s.fact(dateText, dateFiles...),
		Uptime:   s.fact(uptime, "proc/uptime"),
		BootID:   s.fact(bootID, "proc/sys/kernel/random/boot_id"),
		NetNS:    s.netNS(),
	}
	f.Kernel = s.kernel(uname)
	f.Architecture = s.architecture()
	f.CapturedAt = pointInTime(f.Captured.Value)
	return f
}

func (s *Snapshot) kernel(uname Fact) Fact {
	return s.fact(release, "proc/sys/kernel/osrelease").or(s.fact(versionRelease, "proc/version")).
		or(uname.part(func(text string) string { return release(nth(text, 2)) }))
}

// ArchitectureFiles are the files that tell the architecture.
var ArchitectureFiles = slices.Concat(unameFiles, []string{"proc/sys/kernel/osrelease", "proc/version", "proc/cpuinfo"})

func (s *Snapshot) architecture() Fact {
	uname := s.fact(unameText, unameFiles...)
	return uname.part(machine).or(s.fact(cpuMachine, "proc/cpuinfo")).or(s.kernel(uname).part(releaseMachine))
}

const (
	maxFact     = 256
	maxFactFile = 4 << 10 // of a file that holds facts
)

// fact gives the first value that read finds in one of the files. read gets to
// see the beginning of a file.
func (s *Snapshot) fact(read func(text string) string, files ...string) Fact {
	for _, name := range files {
		text, err := s.readSmall(name, maxFactFile)
		if err != nil {
			continue
		}
		if v := clean(read(string(text))); v != "" {
			return Fact{v, name}
		}
	}
	return Fact{}
}

// netNS reads the link of the process that captured: proc/net is a link to its
// tables. Collectors that cannot store such links keep their text.
func (s *Snapshot) netNS() Fact {
	const name = "proc/self/ns/net"
	target, err := fs.ReadLink(s.root, name)
	if err == nil {
		return Fact{target, name}.part(netNS)
	}
	return s.fact(func(text string) string { return netNS(firstLine(text)) }, name)
}

// part is what read finds in a value, from the same file.
func (f Fact) part(read func(string) string) Fact {
	if v := clean(read(f.Value)); v != "" {
		return Fact{v, f.From}
	}
	return Fact{}
}

func (f Fact) or(other Fact) Fact {
	if f.Value == "" {
		return other
	}
	return f
}

// clean gives the value, or nothing if it is not fit to be shown.
func clean(v string) string {
	v = strings.TrimSpace(v)
	if len(v) > maxFact || !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return v
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

// nth gives a word, or nothing.
func nth(text string, i int) string {
	if f := strings.Fields(text); i < len(f) {
		return f[i]
	}
	return ""
}

// word gives the first line if it is one word: a message of a command that
// failed is no name, nor is a comment, nor the kernel's "(none)".
func word(text string) string {
	line := firstLine(text)
	if strings.ContainsAny(line, " \t#()") {
		return ""
	}
	return line
}

// release is a kernel's release, which starts with a digit.
func release(text string) string {
	line := word(text)
	if line == "" || line[0] < '0' || line[0] > '9' {
		return ""
	}
	return line
}

func versionRelease(text string) string {
	rest, ok := strings.CutPrefix(text, "Linux version ")
	if !ok {
		return ""
	}
	return release(nth(firstLine(rest), 0))
}

// unameText is what uname -a prints: system, host, release, version, machine.
func unameText(text string) string {
	line := firstLine(text)
	if !strings.HasPrefix(line, "Linux ") || release(nth(line, 2)) == "" {
		return ""
	}
	return line
}

// machines are what uname -m prints, but for those of ARM.
var machines = []string{
	"x86_64", "i386", "i486", "i586", "i686", "aarch64", "aarch64_be", "s390", "s390x", "ppc", "ppc64", "ppc64le", "riscv32", "riscv64",
	"mips", "mips64", "loongarch64", "ia64", "sparc", "sparc64", "alpha", "parisc", "parisc64", "m68k",
}

func isMachine(s string) bool {
	return slices.Contains(machines, s) || len(s) > 5 && len(s) < 12 && strings.HasPrefix(s, "armv") && s[4] >= '4' && s[4] <= '9'
}

// machine finds the machine behind the version, which has no fixed number of
// words; the kinds of processor and platform may follow.
func machine(uname string) string {
	f := strings.Fields(uname)
	for _, s := range f[min(3, len(f)):] {
		if isMachine(s) {
			return s
		}
	}
	return ""
}

// cpuMachine knows the two of which only one kind of kernel runs.
func cpuMachine(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "vendor_id":
			if value == "IBM/S390" {
				return "s390x"
			}
		case "isa":
			if strings.HasPrefix(value, "rv64") {
				return "riscv64"
			}
		}
	}
	return ""
}

// releaseMachine reads 4.18.0-80.el8.x86_64, as Red Hat and those after it name
// their kernels.
func releaseMachine(release string) string {
	if s := release[strings.LastIndexByte(release, '.')+1:]; isMachine(s) {
		return s
	}
	return ""
}

// uptime is the first number of proc/uptime.
func uptime(text string) string {
	v := nth(firstLine(text), 0)
	whole, fraction, _ := strings.Cut(v, ".")
	if whole == "" || len(v) > 20 || strings.Trim(whole+fraction, "0123456789") != "" {
		return ""
	}
	return v
}

func bootID(text string) string {
	v := firstLine(text)
	groups := strings.Split(v, "-")
	for i, n := range []int{8, 4, 4, 4, 12} {
		if len(groups) != 5 || len(groups[i]) != n || strings.Trim(groups[i], "0123456789abcdef") != "" {
			return ""
		}
	}
	return v
}

// netNS reads net:[4026531840].
func netNS(target string) string {
	digits, ok := strings.CutPrefix(target, "net:[")
	digits, end := strings.CutSuffix(digits, "]")
	if !ok || !end || len(digits) > 20 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}

// dateText is what date prints, or a line of timedatectl, which sosreport may
// call date.
func dateText(text string) string {
	local := ""
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ": ")
		switch strings.TrimSpace(name) {
		case "Universal time":
			return clockText(value)
		case "Local time":
			local = clockText(value)
		}
	}
	if local != "" {
		return local
	}
	return clockText(firstLine(text))
}

var clock = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b[0-2]?[0-9]:[0-5][0-9]:[0-6][0-9]\b`) })

// clockText takes a text only if it has a time of day in it: messages have not.
func clockText(text string) string {
	if !clock().MatchString(text) {
		return ""
	}
	return strings.TrimSpace(text)
}

// pointInTime reads `Wed Oct  2 02:54:30 UTC 2019`, as date prints it in the C
// locale, and `Thu 2022-02-10 09:47:45 UTC` of timedatectl.
func pointInTime(text string) (at parser.Opt[time.Time]) {
	f := strings.Fields(text)
	var day, zone string
	switch len(f) {
	case 6:
		day, zone = strings.Join([]string{f[1], f[2], f[5], f[3]}, " "), f[4]
	case 4:
		day, zone = f[1]+" "+f[2], f[3]
	default:
		return at
	}
	offset, ok := zoneOffset(zone)
	for _, layout := range []string{"Jan 2 2006 15:04:05", time.DateTime} {
		if t, err := time.Parse(layout, day); err == nil && ok && t.Format("Mon") == f[0] {
			return parser.Some(t.Add(-offset))
		}
	}
	return at
}

// zoneOffset knows the zones that mean one thing only.
func zoneOffset(zone string) (offset time.Duration, ok bool) {
	if zone == "UTC" || zone == "GMT" {
		return 0, true
	}
	for _, layout := range []string{"-07", "-0700", "-07:00"} {
		if t, err := time.Parse(layout, zone); err == nil {
			_, seconds := t.Zone()
			return time.Duration(seconds) * time.Second, true
		}
	}
	return 0, false
}
