package bundle

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Limits bound what a hostile bundle can cost. Zero is the default.
type Limits struct {
	Members  int64 // of one archive
	Member   int64 // bytes of one member in memory
	Held     int64 // bytes of all members in memory
	Names    int64 // bytes of names in memory
	Archives int64 // in an archive, that are tried for a machine
	Unpacked int64 // bytes out of all decompressors
	Ratio    int64 // of these to what was read, from 1 GiB on
}

// A Limit is one of [Limits] for those who set it.
type Limit struct {
	Name    string
	What    string // what it bounds
	Default int64
	Bytes   bool // it counts bytes

	reached string // what is said when it is reached
	kind    error  // ErrLimit, ErrBomb or nil
	of      func(*Limits) *int64
}

// LimitList is THE list of limits that can be set. Option, help, README and errors
// are made of it.
func LimitList() []*Limit { return limitList }

var limitList = []*Limit{
	{"members", "members of an archive", 10_000_000, false,
		"it has more than %d members, the rest is not read", nil, func(l *Limits) *int64 { return &l.Members }},
	{"member", "one archive member held in memory", 2 << 30, true,
		"the limit for one member held in memory is reached; unpack the archive, a directory or a plain tar is read in place", ErrLimit, func(l *Limits) *int64 { return &l.Member }},
	{"held", "all archive members held in memory, with half as much more for archives in a pipe until a machine shows", 2 << 30, true,
		"the limit for members held in memory is reached; unpack the archive, a directory or a plain tar is read in place", ErrLimit, func(l *Limits) *int64 { return &l.Held }},
	{"names", "names of archive members and their directories held in memory", 512 << 20, true,
		"the limit for names held in memory is reached; unpack the archive, a directory is read in place", ErrLimit, func(l *Limits) *int64 { return &l.Names }},
	{"archives", "archives in an archive that are tried for a machine", 1000, false,
		"more than %d archives are in it, the rest is not looked into", nil, func(l *Limits) *int64 { return &l.Archives }},
	{"unpacked", "what decompression and holes of sparse files give, all readings together", 64 << 30, true,
		"the limit for decompressed data is reached, the rest is not read; if the bundle is no decompression bomb, unpack it into a directory and name that", ErrBomb, func(l *Limits) *int64 { return &l.Unpacked }},
	{"ratio", "how many times what was read that may be, from 1 GiB on", 1000, false,
		"the limit for decompressed data, %d times what was read, is reached, the rest is not read; if the bundle is no decompression bomb, unpack it into a directory and name that", ErrBomb, func(l *Limits) *int64 { return &l.Ratio }},
}

// Kinds of limits that end a content.
var (
	ErrLimit = errors.New("a limit for what is held in memory is reached")
	ErrBomb  = errors.New("a limit for decompressed data is reached")
)

func limitByName(name string) *Limit {
	for _, limit := range limitList {
		if limit.Name == name {
			return limit
		}
	}
	return nil
}

func (l *Limits) setDefaults() {
	for _, limit := range limitList {
		if value := limit.of(l); *value == 0 {
			*value = limit.Default
		}
	}
}

// Set sets a limit to what a user typed: a number, and of bytes also 512M or 2GiB.
func (l *Limits) Set(name, value string) error {
	limit := limitByName(name)
	if limit == nil {
		var names []string
		for _, limit := range limitList {
			names = append(names, limit.Name)
		}
		return fmt.Errorf("%q is none of %s", name, strings.Join(names, ", "))
	}
	n, err := limit.parse(value)
	if err != nil {
		return err
	}
	*limit.of(l) = n
	return nil
}

const sizeUnits = "KMGT" // each 1024 times the one before

func (limit *Limit) parse(value string) (int64, error) {
	digits, unit := value, int64(1)
	if limit.Bytes {
		digits = strings.TrimSuffix(strings.TrimSuffix(digits, "B"), "i")
		if i := strings.IndexByte(sizeUnits, (" " + digits)[len(digits)]); i >= 0 && digits != "" {
			digits, unit = digits[:len(digits)-1], 1<<(10*(i+1))
		} else if strings.HasSuffix(value, "i") || strings.HasSuffix(value, "iB") {
			digits = ""
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && int64(n) > math.MaxInt64/unit:
		return 0, fmt.Errorf("%s=%s is too large", limit.Name, value)
	case err != nil && limit.Bytes:
		return 0, fmt.Errorf("%s takes a size such as 1500000, 512M or 2GiB, and not %q", limit.Name, value)
	case err != nil:
		return 0, fmt.Errorf("%s takes a number, and not %q", limit.Name, value)
	case n == 0:
		return 0, fmt.Errorf("%s must be at least 1", limit.Name)
	}
	return int64(n) * unit, nil
}

// Text is a value of the limit as a person reads it, and as Set takes it.
func (limit *Limit) Text(n int64) string {
	if !limit.Bytes {
		return strconv.FormatInt(n, 10)
	}
	unit := 0
	for ; unit < len(sizeUnits) && n > 0 && n%1024 == 0; unit++ {
		n /= 1024
	}
	if unit == 0 {
		return strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10) + sizeUnits[unit-1:unit] + "iB"
}

// A limitError says that a limit is reached, and how to raise it.
type limitError struct {
	limit *Limit
	value int64
}

func (e *limitError) Error() string {
	text := e.limit.reached
	if strings.Contains(text, "%d") {
		text = fmt.Sprintf(text, e.value)
	}
	more := "NUMBER"
	if e.limit.Bytes {
		more = "SIZE"
	}
	return text + " (--limit " + e.limit.Name + "=" + more + " raises it)"
}

func (e *limitError) Is(target error) bool { return target == e.limit.kind }

// divide makes it the limits of one of several bundles that are open at once, as far as
// they are about memory.
func (l *Limits) divide(share int64) {
	l.Held, l.Names = max(1, l.Held/share), max(1, l.Names/share)
}

// full is the error of a limit for memory.
func (ld *loader) full(name string) error {
	ld.crowd()
	return ld.limits.reached(name)
}

// crowd notes that a limit for memory is reached, of a bundle that is not alone: then
// whatever comes out does not count.
func (ld *loader) crowd() {
	if noted := ld.meter.noted; noted != nil {
		*noted = true
	}
}

// crowded reports whether that was noted.
func (ld *loader) crowded() bool { return ld.meter.noted != nil && *ld.meter.noted }

// reached is the error of a limit.
func (l *Limits) reached(name string) error {
	limit := limitByName(name)
	return &limitError{limit, *limit.of(l)}
}
