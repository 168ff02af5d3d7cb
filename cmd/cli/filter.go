package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/filter"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

const filterFlag = "filter"

func (o *options) setFilter(text string) error {
	if o.filter != nil {
		return usagef("join them with and", "two filters are given")
	}
	f, err := filter.Parse(text)
	if err != nil {
		return filterError(exitUsage, err)
	}
	o.filter = f
	return nil
}

// filterError shows where a filter is wrong.
func filterError(code int, err error) error {
	e, ok := errors.AsType[*filter.Error](err)
	if !ok {
		return err
	}
	text, marks := e.Place()
	out := &exitError{code: code, err: fmt.Errorf("filter: %w", err), place: []string{text, marks}}
	if e.Known != nil {
		out.hint = suggest(e.Word, slices.Clone(e.Known), "conditions begin with "+strings.Join(e.Known, ", "))
	}
	return out
}

// needs are those of the filter, if there is one.
func (o *options) needs() filter.Needs {
	if o.filter == nil {
		return filter.Needs{}
	}
	return o.filter.Needs()
}

// filtered are the options that say which rows, with what the filter makes of them: as
// in ss, states in it are selected among all.
func (o *options) filtered() query.Options {
	q := o.Options
	q.Filtered = o.filter != nil
	q.All = q.All || o.needs().States
	return q
}

// checkFilter refuses a filter of what has no sockets that it knows.
func (c choice) checkFilter(o *options) error {
	if o.filter == nil {
		return nil
	}
	const hint = "it goes with -t, -u, -U, -S, -w and -x, and with --kinds socket,unix"
	if c.plan.Mode != query.Sockets || c.plan.Groups {
		return usagef(hint, "a filter selects sockets: it does not go with -r, -i, -s, -M and -g")
	}
	for _, f := range query.SocketFamilies[1:] {
		if c.plan.Chose(f) {
			return usagef(hint, "a filter knows nothing of %s sockets", f)
		}
	}
	for _, k := range c.kinds {
		if k.Name != "socket" && k.Name != "unix" {
			return usagef(hint, "a filter knows nothing of kind %s", k.Name)
		}
	}
	return nil
}

// noteMixed says how a filter is read that may be meant in another way.
func noteMixed(s Streams, o *options) {
	if o.filter == nil || o.filter.Mixed() == nil {
		return
	}
	text, marks := o.filter.Mixed().Place()
	r := &reporter{w: s.Err}
	r.say(note, "filter: this `and` joins all before it, also what stands before `or`, as in ss; parentheses can change that")
	fmt.Fprintf(s.Err, "  %s\n  %s\n", text, marks)
}

// filterFiles lists what a filter need know of a machine.
func (o *options) filterFiles() (files []string) {
	n := o.needs()
	if n.Interfaces {
		if p, err := (query.Options{Interfaces: 1}).Plan(); err == nil {
			files = append(files, p.Files(query.Needs{Extend: true})...)
			files = append(files, "proc/net/route")
		}
	}
	if n.LocalPorts {
		files = append(files, snapshot.SettingFiles(snapshot.LocalPorts)...)
		files = append(files, snapshot.FactFiles...)
	}
	if n.Machine {
		files = append(files, snapshot.FactFiles...)
	}
	return files
}

// bind ties the filter to a machine.
func (run *netstatRun) bind(t target, s *snapshot.Snapshot, r *reporter) (query.Filter, error) {
	n := run.o.needs()
	found, problems := names.Find(t.files, run.o.services, names.Wanted{Hosts: n.Hosts, Services: n.Services, Users: n.Users})
	for _, err := range problems {
		if file, ok := errors.AsType[*names.FileError](err); ok {
			return nil, usagef("", "--services: %w", file.Err)
		}
		r.Names(err)
	}
	if found.UsedBuiltin && !run.c.usesPorts(run.o) {
		r.tell(note, "the bundle has no etc/services: names of ports in the filter come from the built-in table")
	}
	m := filter.Machine{Hosts: found.Hosts, TCP: found.TCP, UDP: found.UDP, Protocols: found.Protocols, Users: found.Users}
	if n.Programs {
		owners := s.Owners()
		if !owners.Known {
			r.tell(note, "pid and prog of the filter: the bundle tells of no program")
		}
		m.Owner = func(inode uint64) (uint64, string, bool) {
			o, ok := owners.Of(inode)
			return o.PID, o.Name, ok
		}
	}
	if n.Interfaces {
		m.Interface = interfaces(s, r)
	}
	if n.LocalPorts {
		m.FirstPort, m.LastPort = chosenPorts(s, r)
	}
	if n.Machine {
		source := rows.SourceOf(s, rows.Place{NetNS: t.netns})
		m.Host, m.NetNS = source.Host, source.NetNS
	}
	bound, err := run.o.filter.Bind(m)
	if err != nil {
		return nil, filterError(exitLacking, err)
	}
	return bound, nil
}

// interfaces tells which interface has an address. One that several have is nobody's.
func interfaces(s *snapshot.Snapshot, r *reporter) func(netip.Addr) (string, bool) {
	byAddr := map[netip.Addr]string{}
	add := func(a netip.Addr, name string) {
		if other, taken := byAddr[a]; taken && other != name {
			name = ""
		}
		byAddr[a] = name
	}
	for _, i := range s.Interfaces(s.Dev(), true, r.Bad) {
		name := i.Name
		if i.Alias {
			name = snapshot.BaseName(name)
		}
		for _, a := range i.Addrs {
			add(a.Addr, name)
		}
		for _, a := range i.Addrs6 {
			add(a.Addr, name)
		}
	}
	if len(byAddr) == 0 {
		r.tell(note, "iface of the filter: the bundle tells of no interface's address")
	}
	return func(a netip.Addr) (string, bool) {
		if a.Is4() && a.IsLoopback() {
			a = netip.AddrFrom4([4]byte{127, 0, 0, 1}) // lo has all of 127.0.0.0/8
		}
		name := byAddr[a]
		return name, name != ""
	}
}

// chosenPorts is the range of local ports from which the kernel chooses.
func chosenPorts(s *snapshot.Snapshot, r *reporter) (from, to parser.Opt[uint16]) {
	first, last, v, ok := s.ChosenPorts()
	if !ok {
		r.tell(note, "autobound of the filter: the bundle does not tell which ports the kernel chooses")
		return from, to
	}
	if v.From == "" {
		r.tell(note, "autobound of the filter: the bundle does not tell which ports the kernel chooses; its default, %s, is taken", v.Text)
	}
	return parser.Some(first), parser.Some(last)
}
