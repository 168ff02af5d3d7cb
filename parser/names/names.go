// Package names resolves numbers to the names that the captured machine had for
// them: its own etc/services, hosts, networks, protocols and passwd, read as
// glibc and netstat read them. Nothing is ever asked of the reader's machine.
//
// A missing file resolves nothing, with one exception: for services there is a
// built-in table of well-known ports, for captures without etc/services.
package names

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"strings"
)

// A Source says where service names come from.
type Source string

// Sources. Any other value is the path of a file in the format of
// etc/services.
const (
	Auto    Source = "auto"    // the bundle's, else the built-in table
	Bundle  Source = "bundle"  // the bundle's or none
	Builtin Source = "builtin" // the built-in table
	None    Source = "none"
)

// A Table holds all names of one captured machine. Its methods are those that
// renderers need. The zero Table knows nothing.
type Table struct {
	tcp, udp map[uint16]string
	rawports map[uint16]string // services of protocol "raw"
	protos   map[uint16]string
	hosts4   map[netip.Addr]string
	hosts6   map[netip.Addr]string
	networks map[uint32]string
	users    map[uint32]string

	// UsedBuiltin is set if the capture has no etc/services and the built-in
	// table stood in.
	UsedBuiltin bool
}

// A FileError says that the file that was named as the Source cannot be read.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }

func (e *FileError) Unwrap() error { return e.Err }

// Load reads the files of etc/ in the machine's root, and the services as the
// source says. A missing file is no problem, an unreadable one is, for each of
// them one error; what could be read is in the Table all the same.
func Load(root fs.FS, services Source) (t *Table, problems []error) {
	t = &Table{}
	for _, err := range []error{
		t.loadServices(root, services),
		read(root, "etc/protocols", t.readProtocols),
		read(root, "etc/hosts", t.readHosts),
		read(root, "etc/networks", t.readNetworks),
		read(root, "etc/passwd", t.readPasswd),
	} {
		if err != nil {
			problems = append(problems, err)
		}
	}
	return t, problems
}

func (t *Table) loadServices(root fs.FS, from Source) error {
	switch from {
	case None:
		return nil
	case Builtin:
		return t.readServices(strings.NewReader(builtin))
	case Auto, Bundle, "":
		err := read(root, "etc/services", t.readServices)
		if err == nil && t.tcp == nil && from != Bundle {
			t.UsedBuiltin = true
			err = t.readServices(strings.NewReader(builtin))
		}
		return err
	default:
		f, err := os.Open(string(from))
		if err != nil {
			return &FileError{err}
		}
		defer f.Close()
		if err := t.readServices(f); err != nil {
			return &FileError{err}
		}
		return nil
	}
}

// read hands a file of the bundle to parse, if it is there.
func read(root fs.FS, name string, parse func(io.Reader) error) error {
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := parse(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

const (
	// maxNameLine is the longest line that is looked at; longer ones are passed over.
	maxNameLine = 64 << 10
	// maxEntries bounds the memory that a hostile names file can take.
	maxEntries = 1 << 20
	// maxHostName is what fits into netstat's buffer of 128 bytes.
	maxHostName = 127
)

// eachLine calls f for every line without its end and, if comments is set,
// without what follows a '#'.
func eachLine(r io.Reader, comments bool, f func(line string)) error {
	br := bufio.NewReaderSize(r, maxNameLine)
	for range maxEntries {
		text, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = br.ReadSlice('\n')
			}
			text = nil
		}
		line := strings.TrimRight(string(text), "\r\n")
		if comments {
			line, _, _ = strings.Cut(line, "#")
		}
		f(line)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("more than %d lines, the rest is not used", maxEntries)
}

// TCPPort, UDPPort and RawPort give the service's name, if it has one.
func (t *Table) TCPPort(port uint16) (string, bool) { return get(t.tcp, port) }

// UDPPort: see TCPPort. UDP-Lite uses these names too.
func (t *Table) UDPPort(port uint16) (string, bool) { return get(t.udp, port) }

// RawPort names an IP protocol number: by etc/protocols, else by the services
// of protocol "raw".
func (t *Table) RawPort(proto uint16) (string, bool) {
	if name, ok := get(t.protos, proto); ok {
		return name, true
	}
	return get(t.rawports, proto)
}

// Host4 names an IPv4 address by etc/hosts.
func (t *Table) Host4(a netip.Addr) (string, bool) { return get(t.hosts4, a) }

// Host6 names an IPv6 address by the lines of etc/hosts with IPv6 text.
func (t *Table) Host6(a netip.Addr) (string, bool) { return get(t.hosts6, a) }

// Network names an IPv4 network by etc/networks: all 32 bits must be equal.
func (t *Table) Network(a netip.Addr) (string, bool) {
	return get(t.networks, number(a))
}

// User names a uid by etc/passwd.
func (t *Table) User(uid uint32) (string, bool) { return get(t.users, uid) }

func get[K comparable](m map[K]string, key K) (string, bool) {
	name, ok := m[key]
	return name, ok
}

func number(a netip.Addr) uint32 {
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}
