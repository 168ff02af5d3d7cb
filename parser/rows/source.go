package rows

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Source is what is known of a capture as a whole. Each value says where it
// was read.
type Source struct {
	Bundle          parser.Opt[string] `json:"bundle" csv:"bundle" cut:"yes" doc:"the bundle, as it was named on the command line"`
	Archive         parser.Opt[string] `json:"archive" csv:"archive" cut:"yes" doc:"the archive in the bundle that holds the machine; null if none does"`
	Collector       parser.Opt[string] `json:"collector" csv:"collector" doc:"what made the capture, if that is known"`
	Host            parser.Opt[string] `json:"host" csv:"host" cut:"yes" doc:"the captured machine's name"`
	HostFrom        parser.Opt[string] `json:"host_from" csv:"host_from" doc:"the file that tells it"`
	Kernel          parser.Opt[string] `json:"kernel" csv:"kernel" doc:"release of its kernel, as uname -r prints it"`
	KernelFrom      parser.Opt[string] `json:"kernel_from" csv:"kernel_from" doc:"the file that tells it"`
	Arch            parser.Opt[string] `json:"architecture" csv:"architecture" doc:"as uname -m prints it"`
	ArchFrom        parser.Opt[string] `json:"architecture_from" csv:"architecture_from" doc:"the file that tells it"`
	ByteOrder       parser.Opt[string] `json:"byte_order" csv:"byte_order" doc:"little or big"`
	ByteOrderFrom   parser.Opt[string] `json:"byte_order_from" csv:"byte_order_from" doc:"the file that tells it, \"the option\", or \"assumed\""`
	CaptureTime     parser.Opt[string] `json:"capture_time" csv:"capture_time" doc:"RFC 3339, in UTC; null if the capture does not tell the time or not its zone"`
	CaptureTimeText parser.Opt[string] `json:"capture_time_text" csv:"capture_time_text" doc:"the time as the machine printed it"`
	CaptureTimeFrom parser.Opt[string] `json:"capture_time_from" csv:"capture_time_from" doc:"the file that tells it"`
	Uptime          parser.Opt[uint64] `json:"uptime_seconds" csv:"uptime_seconds" unit:"seconds" doc:"whole seconds since the machine was started"`
	BootID          parser.Opt[string] `json:"boot_id" csv:"boot_id" doc:"a new one for each start of the machine"`
	NetNS           parser.Opt[string] `json:"netns" csv:"netns" cut:"yes" doc:"the network namespace whose tables these are: its name, or else the kernel's number"`
	OtherNetNS      Words              `json:"other_netns" csv:"other_netns" cut:"yes" doc:"the machine's other network namespaces in the capture, which --netns takes"`
}

// A Place says where in a bundle a capture is. Any part may be empty.
type Place struct {
	Bundle, Archive, Collector string
	NetNS                      string   // name of the network namespace; empty for that of proc/net
	OtherNetNS                 []string // names of the others
}

// SourceOf gathers what a capture tells of itself.
func SourceOf(s *snapshot.Snapshot, p Place) Source {
	f := s.Facts()
	src := Source{
		Bundle: text(p.Bundle), Archive: text(p.Archive), Collector: text(p.Collector),
		Host: text(f.Host.Value), HostFrom: text(f.Host.From),
		Kernel: text(f.Kernel.Value), KernelFrom: text(f.Kernel.From),
		Arch: text(f.Architecture.Value), ArchFrom: text(f.Architecture.From),
		CaptureTimeText: text(f.Captured.Value), CaptureTimeFrom: text(f.Captured.From),
		Uptime: seconds(f.Uptime.Value), BootID: text(f.BootID.Value), NetNS: text(cmp.Or(p.NetNS, f.NetNS.Value)),
		ByteOrder: parser.Some("big"), ByteOrderFrom: parser.Some(s.Order.From),
	}
	src.OtherNetNS = escaped(slices.DeleteFunc(slices.Clone(p.OtherNetNS), func(name string) bool { return name == p.NetNS }))
	if at, ok := f.CapturedAt.Get(); ok {
		src.CaptureTime = parser.Some(at.Format(time.RFC3339))
	}
	if s.Order.Little() {
		src.ByteOrder = parser.Some("little")
	}
	if s.Order.From == "" {
		src.ByteOrderFrom = parser.Some("assumed")
	}
	return src
}

// escaped makes a list of names that may hold blanks, which are written as in
// proc/mounts.
func escaped(names []string) (list Words) {
	for _, name := range names {
		list = append(list, blankEscaper.Replace(name))
	}
	return list
}

var blankEscaper = strings.NewReplacer(" ", `\040`, "\t", `\011`, "\n", `\012`, `\`, `\134`)

// seconds reads the first number of proc/uptime.
func seconds(text string) parser.Opt[uint64] {
	n, err := strconv.ParseFloat(text, 64)
	return found(uint64(n), err == nil && n >= 0 && n < 1<<53)
}

// HostName is the machine's name, or "".
func (s Source) HostName() string {
	name, _ := s.Host.Get()
	return name
}

// Severities of a Diagnostic.
const (
	Note    = "note"
	Warning = "warning"
)

// A Diagnostic says what was wrong with a bundle, or what a careful reader
// wants to know.
type Diagnostic struct {
	Severity string             `json:"severity" csv:"severity" doc:"note or warning"`
	Message  string             `json:"message" csv:"message" cut:"yes" doc:"for people"`
	File     parser.Opt[string] `json:"file" csv:"file" cut:"yes" doc:"the file of the captured machine that it is about"`
	State    parser.Opt[string] `json:"state" csv:"state" doc:"of a file without rows: absent (not in the bundle), empty (not even a header) or failed (cannot be read)"`
	Line     parser.Opt[uint64] `json:"line" csv:"line" doc:"from 1"`
	Column   parser.Opt[uint64] `json:"column" csv:"column" unit:"bytes" doc:"where the field begins in the line, from 1"`
	Field    parser.Opt[string] `json:"field" csv:"field" doc:"in the kernel's spelling"`
	Value    parser.Opt[string] `json:"value" csv:"value" cut:"yes" doc:"the text that could not be read, its first 64 bytes"`
}

// SourceKind and DiagnosticKind describe what stands in a JSON document besides
// the rows.
var (
	SourceKind     = described[Source]("source", "what is known of the capture")
	DiagnosticKind = described[Diagnostic]("diagnostic", "what was wrong, or worth knowing")
)

// described is a kind that no table has.
func described[T any](name, doc string) *Kind {
	t := reflect.TypeFor[T]()
	return &Kind{Name: name, Doc: doc, typ: t, Columns: sync.OnceValue(func() []Column { return columnsOf(t) })}
}
