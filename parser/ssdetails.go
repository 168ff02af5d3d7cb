package parser

import (
	"bytes"
	"math"
)

// details reads what stands behind the addresses.
func (t *ssText) details(c *cursor, s *InetSocket) {
	s.Printed.Lacks = LacksUID | LacksInode | LacksTimer | LacksRetransmits | LacksTimeout
	seen := false
	for c.err == nil && !c.done() && t.detail(c, s, &seen) {
	}
	if t.timers && !seen {
		s.Printed.Lacks &^= LacksTimer | LacksRetransmits // there is none: ss would print it
	}
}

// detail reads one of them, and notes whether it is a timer. It reports whether another one of interest may follow,
// which is none behind the inode: a cgroup's name may hold any text.
func (t *ssText) detail(c *cursor, s *InetSocket, timer *bool) bool {
	rest := c.b[c.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("users:((")):
		t.users(c, s.Printed)
	case bytes.HasPrefix(rest, []byte("timer:(")):
		c.ssTimer(s)
		*timer, t.timers = true, t.timers || c.err == nil
	case bytes.HasPrefix(rest, []byte("uid:")):
		c.pos += len("uid:")
		s.UID = uint32(c.dec("uid", 32))
	case bytes.HasPrefix(rest, []byte("ino:")):
		c.pos += len("ino:")
		s.Inode = c.dec("ino", 64)
		s.Printed.Lacks &^= LacksUID | LacksInode
		return false
	case bytes.HasPrefix(rest, []byte("sk:")), bytes.HasPrefix(rest, []byte("cgroup:")):
		return false
	default:
		c.token("")
	}
	return true
}

var ssTimers = map[string]uint8{
	"off": TimerOff, "on": TimerOn, "keepalive": TimerKeepalive, "timewait": TimerTimeWait, "persist": TimerProbe,
}

// ssTimer reads `timer:(keepalive,1min30sec,0)`. What the number counts depends on
// the timer, in the kernel (inet_sk_diag_fill of net/ipv4/inet_diag.c) and in ss.
func (c *cursor) ssTimer(s *InetSocket) {
	start := c.pos
	c.pos += len("timer:(")
	end := bytes.IndexByte(c.b[c.pos:], ')')
	if end < 0 {
		c.fail("timer", start, ErrShort)
		return
	}
	name, rest, _ := bytes.Cut(c.b[c.pos:c.pos+end], []byte(","))
	left, _, ok := bytes.Cut(rest, []byte(","))
	timer, known := ssTimers[string(name[:min(len(name), maxValue)])]
	when, isTime := ssTime(left)
	if !ok || !isTime || !known && string(name) != "unknown" {
		c.fail("timer", start, ErrSyntax)
		return
	}
	c.pos += len(name) + 1 + len(left) + 1
	number := c.rawDec("timer", start)
	c.byte(')', "timer", start)
	switch {
	case !known:
		return
	case timer != TimerKeepalive && timer != TimerProbe:
		s.Retransmits = number
		s.Printed.Lacks &^= LacksRetransmits
	case number > math.MaxInt32:
		c.fail("timer", start, ErrRange)
	default:
		s.Timeout = int32(number)
		s.Printed.Lacks &^= LacksTimeout
	}
	s.Timer, s.TimerExpires = timer, when
	s.Printed.Lacks &^= LacksTimer
}

// ssTime reads what print_ms_timer prints: minutes, seconds and milliseconds, of
// which it leaves out what is zero and, above ten of a unit, the smaller ones. Where
// both seconds and milliseconds are left they are a fraction, with the unit ms or, in
// the newest versions, sec. The value is in 1/100 s.
func ssTime(text []byte) (hundredths uint64, ok bool) {
	var ms uint64
	c := cursor{b: text}
	for c.err == nil && c.pos < len(c.b) {
		n, fraction := c.rawDec("", 0), uint64(0)
		point := c.pos < len(c.b) && c.b[c.pos] == '.'
		if point {
			c.pos++
			from := c.pos
			fraction = c.rawDec("", 0)
			for digits := c.pos - from; digits < 3; digits++ {
				fraction *= 10
			}
			if c.pos > from+3 {
				return 0, false
			}
		}
		unit := len(c.b)
		if i := bytes.IndexAny(c.b[c.pos:], "0123456789"); i >= 0 {
			unit = c.pos + i
		}
		if n > 1<<32 {
			return 0, false
		}
		switch name := string(c.b[c.pos:min(unit, c.pos+maxValue)]); {
		case name == "min" && !point:
			ms += n * 60_000
		case name == "sec", name == "ms" && point:
			ms += n*1000 + fraction
		case name == "ms":
			ms += n
		default:
			return 0, false
		}
		c.pos = unit
	}
	return ms / 10, c.err == nil
}

// users reads `users:(("sshd",pid=1,fd=3),("init",pid=1,fd=5))`, or as in old
// versions `users:(("sshd",1,3))`, and keeps the lowest pid with its name.
func (t *ssText) users(c *cursor, p *Printed) {
	const field = "users"
	start := c.pos
	c.pos += len("users:(")
	var program []byte
	for more := true; more && c.err == nil; {
		c.byte('(', field, start)
		c.byte('"', field, start)
		if c.err != nil {
			return
		}
		name, pid, ok := c.ssUser()
		if !ok {
			c.fail(field, start, ErrSyntax)
			return
		}
		if least, known := p.PID.Get(); !known || pid < least {
			p.PID, program = Some(pid), name
		}
		if more = c.pos < len(c.b) && c.b[c.pos] == ','; more {
			c.pos++
		}
	}
	c.byte(')', field, start)
	p.Program = t.names.Keep(program)
}

// commLen is how long a process's name can be.
const commLen = 15

// ssUser reads `sshd",pid=1,fd=3)`. The name is not quoted and may look like the
// end of an entry: that end is taken which makes it longest within the kernel's
// limit, for the end of a following entry is always farther away. In old versions
// it is the first one.
func (c *cursor) ssUser() (name []byte, pid uint64, ok bool) {
	start, end := c.pos, 0
	for i := start; i < len(c.b) && i <= start+commLen; i++ {
		if c.b[i] != '"' {
			continue
		}
		at := cursor{b: c.b, pos: i + 1}
		n, old := at.ssUserEnd()
		if at.err != nil || old && ok {
			continue
		}
		name, pid, ok, end = c.b[start:i], n, true, at.pos
		if old {
			break
		}
	}
	if ok {
		c.pos = end
	}
	return name, pid, ok
}

// ssUserEnd reads `,pid=1,fd=3)`, where other values may stand between the two and
// behind them, or `,1,3)`.
func (c *cursor) ssUserEnd() (pid uint64, old bool) {
	c.byte(',', "", 0)
	if c.err == nil && c.pos < len(c.b) && c.b[c.pos] != 'p' {
		pid = c.rawDec("", 0)
		c.byte(',', "", 0)
		c.rawDec("", 0)
		c.byte(')', "", 0)
		c.userFollows()
		return pid, true
	}
	for _, b := range []byte("pid=") {
		c.byte(b, "", 0)
	}
	pid = c.rawDec("", 0)
	c.byte(',', "", 0)
	if c.err != nil {
		return pid, false
	}
	end := bytes.IndexAny(c.b[c.pos:], `)"`)
	if end < 0 || c.b[c.pos+end] != ')' || !bytes.Contains(c.b[c.pos:c.pos+end], []byte("fd=")) {
		c.fail("", 0, ErrSyntax)
		return pid, false
	}
	c.pos += end + 1
	c.userFollows()
	return pid, false
}

// userFollows wants the end of the list or another entry.
func (c *cursor) userFollows() {
	if c.err == nil && !bytes.HasPrefix(c.b[c.pos:], []byte(")")) && !bytes.HasPrefix(c.b[c.pos:], []byte(`,("`)) {
		c.fail("", 0, ErrSyntax)
	}
}
