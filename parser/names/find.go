package names

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// Wanted are names to find the numbers of: the reverse of a [Table].
type Wanted struct {
	Hosts    []string
	Services []string // or IP protocols, which raw sockets have in the place of ports
	Users    []string
}

// Found has the numbers of the names that the captured machine knows. What it does not
// know has no entry. Aliases count, as they do in glibc.
type Found struct {
	Hosts     map[string][]netip.Addr // of all lines that have the name
	TCP, UDP  map[string][]uint16
	Protocols map[string][]uint16
	Users     map[string]uint32 // that of the first entry

	// UsedBuiltin is set if services were sought, the capture has no etc/services and
	// the built-in table stood in.
	UsedBuiltin bool
}

// maxFound bounds how many numbers a hostile file can give one name.
const maxFound = 4096

// Find reads those files of etc/ in the machine's root that may tell of the wanted
// names, and the services as the source says, like [Load].
func Find(root fs.FS, services Source, want Wanted) (f Found, problems []error) {
	f = Found{
		Hosts: map[string][]netip.Addr{}, TCP: map[string][]uint16{}, UDP: map[string][]uint16{},
		Protocols: map[string][]uint16{}, Users: map[string]uint32{},
	}
	add := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	if len(want.Services) > 0 {
		add(f.findServices(root, services, want.Services))
		add(read(root, "etc/protocols", func(r io.Reader) error { return f.protocolsIn(r, want.Services) }))
	}
	if len(want.Hosts) > 0 {
		add(read(root, "etc/hosts", func(r io.Reader) error { return f.hostsIn(r, want.Hosts) }))
	}
	if len(want.Users) > 0 {
		add(read(root, "etc/passwd", func(r io.Reader) error { return f.usersIn(r, want.Users) }))
	}
	return f, problems
}

func (f *Found) findServices(root fs.FS, from Source, want []string) error {
	parse := func(r io.Reader) error { return f.servicesIn(r, want) }
	switch from {
	case None:
		return nil
	case Builtin:
		return parse(strings.NewReader(builtin))
	case Auto, Bundle, "":
		there := false
		err := read(root, "etc/services", func(r io.Reader) error {
			there = true
			return parse(r)
		})
		if err == nil && !there && from != Bundle {
			f.UsedBuiltin = true
			err = parse(strings.NewReader(builtin))
		}
		return err
	default:
		file, err := os.Open(string(from))
		if err == nil {
			err = errors.Join(parse(file), file.Close())
		}
		if err != nil {
			return &FileError{err}
		}
		return nil
	}
}

// servicesIn takes lines as [Table.readServices] does.
func (f *Found) servicesIn(r io.Reader, want []string) error {
	return eachWanted(r, want, false, func(numbers, name string) error {
		n, rest, ok := cNumber(numbers, 0)
		if !ok || !strings.HasPrefix(rest, "/") {
			return nil
		}
		switch strings.TrimLeft(rest, "/") {
		case "tcp":
			return addNumber(f.TCP, name, uint16(n))
		case "udp":
			return addNumber(f.UDP, name, uint16(n))
		}
		return nil
	})
}

func (f *Found) protocolsIn(r io.Reader, want []string) error {
	return eachWanted(r, want, false, func(number, name string) error {
		n, rest, ok := cNumber(number, 10)
		if !ok || rest != "" {
			return nil
		}
		return addNumber(f.Protocols, name, uint16(n))
	})
}

// hostsIn: names of hosts are the same in small and in large letters.
func (f *Found) hostsIn(r io.Reader, want []string) error {
	return eachWanted(r, want, true, func(text, name string) error {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return nil
		}
		return addNumber(f.Hosts, name, a.Unmap())
	})
}

func (f *Found) usersIn(r io.Reader, want []string) error {
	return eachLine(r, false, func(line string) {
		name, uid, _, ok := passwdEntry(line)
		if _, found := f.Users[name]; ok && !found && slices.Contains(want, name) {
			f.Users[name] = uid
		}
	})
}

// eachWanted calls use for each line of a file with one of the wanted names, with its
// number and that name: `NAME NUMBER ALIAS...`, or of hosts `ADDRESS NAME ALIAS...`. It
// goes on behind an error and gives the first.
func eachWanted(r io.Reader, want []string, hosts bool, use func(number, name string) error) error {
	var wrong error
	err := eachLine(r, true, func(line string) {
		fields := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(blanks, r) })
		if len(fields) < 2 {
			return
		}
		if !hosts {
			fields[0], fields[1] = fields[1], fields[0]
		}
		for _, name := range want {
			if slices.ContainsFunc(fields[1:], func(s string) bool { return s == name || hosts && strings.EqualFold(s, name) }) {
				if err := use(fields[0], name); wrong == nil {
					wrong = err
				}
			}
		}
	})
	return errors.Join(wrong, err)
}

func addNumber[T comparable](m map[string][]T, name string, n T) error {
	if len(m[name]) >= maxFound {
		return fmt.Errorf("%q has more than %d numbers, the rest is not used", name, maxFound)
	}
	if !slices.Contains(m[name], n) {
		m[name] = append(m[name], n)
	}
	return nil
}
