package parser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strings"
)

// A jsonLink is an interface as `ip -j link` and `ip -j address` print it.
type jsonLink struct {
	Name    string   `json:"ifname"`
	Flags   []string `json:"flags"`
	MTU     *int64   `json:"mtu"`
	Queue   int64    `json:"txqlen"`
	Kind    string   `json:"link_type"`
	Address string   `json:"address"`
	Lower   string   `json:"link"`
	Master  string   `json:"master"`
	Promisc *int64   `json:"promiscuity"`
	Info    struct {
		Kind     string `json:"info_kind"`
		PortKind string `json:"info_slave_kind"`
	} `json:"linkinfo"`
	AddrInfo []struct {
		Family    string `json:"family"`
		Local     string `json:"local"`
		Peer      string `json:"address"`
		Len       int    `json:"prefixlen"`
		Broadcast string `json:"broadcast"`
		Scope     string `json:"scope"`
		Label     string `json:"label"`
	} `json:"addr_info"`
	Stats map[string]map[string]uint64 `json:"stats64"`
}

// jsonCounters are the names of counters in JSON by those of ip's texts.
var jsonCounters = map[string]string{
	"bytes": "bytes", "packets": "packets", "errors": "errors", "dropped": "dropped", "missed_errors": "missed", "over_errors": "overrun",
	"multicast": "mcast", "compressed": "compressed", "length_errors": "length", "crc_errors": "crc", "frame_errors": "frame", "fifo_errors": "fifo",
	"carrier_errors": "carrier", "collisions": "collsns", "aborted_errors": "aborted", "window_errors": "window", "heartbeat_errors": "heartbeat",
}

// maxJSON bounds the JSON of one interface: thousands of addresses fit.
const maxJSON = 4 << 20

// withoutBOM takes the byte order mark off a text that an editor put it in front of.
func withoutBOM(r io.Reader) io.Reader {
	br := bufio.NewReader(r)
	if head, _ := br.Peek(len(bom)); bytes.Equal(head, bom) {
		br.Discard(len(bom))
	}
	return br
}

// IPLinksJSON decodes the array that `ip -j link` or `ip -j address` prints
// (iproute2, ip/ipaddress.c). An interface whose JSON has an unexpected type yields a
// [*RowError]; JSON that is not well-formed yields a [*FileError] and ends it. There
// are no lines in it: Line counts the interfaces.
func IPLinksJSON(file string, r io.Reader, _ Options) iter.Seq2[IPLink, error] {
	return func(yield func(IPLink, error) bool) {
		bounded := &boundedReader{r: withoutBOM(r)}
		d := json.NewDecoder(bounded)
		bounded.left = maxJSON
		if t, err := d.Token(); err != nil || t != json.Delim('[') {
			if err == nil {
				err = errNoArray
			}
			if !errors.Is(err, io.EOF) {
				yield(IPLink{}, &FileError{File: file, Err: err})
			}
			return
		}
		for n := 1; d.More(); n++ {
			bounded.left = maxJSON
			var j jsonLink
			err := d.Decode(&j)
			if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
				if !yield(IPLink{}, &RowError{File: file, Line: n, Field: jsonField(err), Value: clip(j.Name), Err: ErrSyntax}) {
					return
				}
				continue
			}
			if err != nil {
				yield(IPLink{}, &FileError{File: file, Line: n - 1, Err: err})
				return
			}
			if j.Name == "" {
				continue // ip prints {} for interfaces without an address of the family
			}
			link, bad := j.link(n)
			if bad != nil {
				bad.File, bad.Line = file, n
				if !yield(IPLink{}, bad) {
					return
				}
				continue
			}
			if !yield(link, nil) {
				return
			}
		}
		if _, err := d.Token(); err != nil {
			yield(IPLink{}, &FileError{File: file, Err: err})
		}
	}
}

var (
	errNoArray  = errors.New("it is no JSON array")
	errJSONSize = errors.New("the JSON of one interface is too long")
)

func jsonField(err error) string {
	e, _ := errors.AsType[*json.UnmarshalTypeError](err)
	return e.Field
}

// A boundedReader fails when so much has been read without progress.
type boundedReader struct {
	r    io.Reader
	left int
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errJSONSize
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

func (j *jsonLink) link(n int) (link IPLink, bad *RowError) {
	link = IPLink{Line: n, Name: j.Name, HWKind: j.Kind, TxQueueLen: Some(j.Queue)}
	if strings.ContainsAny(j.Address, ":.") {
		link.HWAddr = j.Address
	}
	link.Lower, link.Master, link.Kind, link.PortKind = j.Lower, j.Master, j.Info.Kind, j.Info.PortKind
	if j.Promisc != nil {
		link.Promiscuity = Some(*j.Promisc)
	}
	link.ipFlags(slices.Values(j.Flags))
	if j.MTU != nil {
		link.MTU = Some(*j.MTU)
	}
	for _, info := range j.AddrInfo {
		addr, err := netip.ParseAddr(info.Local)
		if err != nil || addr.Zone() != "" || info.Len < 0 || info.Len > addr.BitLen() {
			return link, &RowError{Field: "local", Value: clip(info.Local), Err: ErrSyntax}
		}
		if addr.Is6() {
			link.Addrs6 = append(link.Addrs6, Inet6Addr{Line: n, Iface: j.Name, Addr: addr, PrefixLen: uint8(info.Len), Scope: scopes[info.Scope]})
			continue
		}
		a := IPAddr{Addr: addr, Len: info.Len, Label: info.Label}
		if a.Label == "" {
			a.Label = j.Name
		}
		a.Broadcast, _ = netip.ParseAddr(info.Broadcast)
		a.Peer, _ = netip.ParseAddr(info.Peer)
		link.Addrs = append(link.Addrs, a)
	}
	s := linkStats{values: map[string]uint64{}}
	for side, values := range j.Stats {
		for name, v := range values {
			s.values[strings.ToUpper(side)+" "+jsonCounters[name]] = v
		}
	}
	link.Counters = s.counters(&link)
	return link, nil
}
