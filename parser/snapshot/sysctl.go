package snapshot

import (
	"errors"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A Setting is one of the kernel's settings that say how much is too much.
type Setting struct {
	// Name is that of sysctl: net.core.somaxconn. Its file is the same below proc/sys,
	// with slashes.
	Name string
	// Default is what the kernel of a release has if nobody set it; nil if that
	// depends on the machine's memory. A major number of 0 is a kernel of which the
	// release is not known.
	Default func(major, minor int) string
}

// Settings is THE list of the settings that are read.
var Settings = []Setting{
	{"net.core.somaxconn", since(5, 4, "4096", "128")},
	{"net.core.netdev_max_backlog", always("1000")},
	{"net.core.netdev_budget", always("300")},
	{"net.ipv4.ip_local_port_range", since(4, 2, "32768 60999", "32768 61000")},
	{"net.ipv4.ip_local_reserved_ports", always("")},
	{"net.ipv4.tcp_max_syn_backlog", nil},
	{"net.ipv4.tcp_syncookies", always("1")},
	{"net.ipv4.tcp_syn_retries", since(3, 7, "6", "5")},
	{"net.ipv4.tcp_synack_retries", always("5")},
	{"net.ipv4.tcp_retries2", always("15")},
	{"net.ipv4.tcp_keepalive_probes", always("9")},
	{"net.ipv4.tcp_keepalive_intvl", always("75")},
	{"net.ipv4.tcp_fin_timeout", always("60")},
	{"net.ipv4.tcp_abort_on_overflow", always("0")},
	{"net.ipv4.tcp_max_tw_buckets", nil},
	{"net.ipv4.tcp_max_orphans", nil},
	{"net.ipv4.tcp_mem", nil},
	{"net.ipv4.udp_mem", nil},
	{"net.ipv4.neigh.default.gc_thresh3", always("1024")},
	{"net.ipv6.neigh.default.gc_thresh3", always("1024")},
	{"net.ipv6.bindv6only", always("0")},
	{"net.netfilter.nf_conntrack_count", nil},
	{"net.netfilter.nf_conntrack_max", nil},
	{"net.nf_conntrack_max", nil},
}

func always(value string) func(int, int) string { return func(int, int) string { return value } }

// since is a default that changed with a release. Of an unknown kernel it is the new one.
func since(major, minor int, value, before string) func(int, int) string {
	return func(m, n int) string {
		if m != 0 && (m < major || m == major && n < minor) {
			return before
		}
		return value
	}
}

// sysctlOutput is what sysctl -a printed.
const sysctlOutput = "output/sysctl"

// settingFile is the file of a setting. Names of interfaces, which may hold dots, are
// in none of the list.
func settingFile(name string) string { return "proc/sys/" + strings.ReplaceAll(name, ".", "/") }

// SettingFiles are the files that tell one of the settings, best first.
func SettingFiles(name string) []string { return []string{settingFile(name), sysctlOutput} }

// settingFiles are the files of all settings, for the list of files.
func settingFiles() (list []File) {
	for _, s := range Settings {
		list = append(list, File{Name: settingFile(s.Name), Use: s.Name + " only as sysctl printed it, or the kernel's default"})
	}
	return list
}

// A Value is what a setting is set to.
type Value struct {
	Text string
	From string // the file that tells it, or "" for the kernel's default
	Line int    // in the file, from 1; 0 for the default
}

// KernelDefault is the source of a value that nobody set.
const KernelDefault = "the kernel's default"

// Source names the place that tells the value, for people.
func (v Value) Source() string {
	if v.From == "" {
		return KernelDefault
	}
	return v.From
}

// Number gives the i-th number of the value, from 0.
func (v Value) Number(i int) (uint64, bool) {
	n, err := strconv.ParseUint(nth(v.Text, i), 10, 64)
	return n, err == nil
}

// Setting reads a setting of the list: from its file, else from what sysctl printed,
// else it is the kernel's default. ok is false if none of them tells it.
func (s *Snapshot) Setting(name string) (v Value, ok bool) {
	file := settingFile(name)
	if text, err := s.readSmall(file, maxFactFile); err == nil && len(text) > 0 {
		return Value{clean(strings.ReplaceAll(firstLine(string(text)), "\t", " ")), s.Called(file), 1}, true
	}
	if v, ok := s.printedSettings()[name]; ok {
		return v, true
	}
	for _, setting := range Settings {
		if setting.Name == name && setting.Default != nil {
			major, minor := releaseNumbers(s.kernel(s.fact(unameText, unameFiles...)).Value)
			return Value{Text: setting.Default(major, minor)}, true
		}
	}
	return Value{}, false
}

// LocalPorts is the setting of the local ports among which the kernel chooses.
const LocalPorts = "net.ipv4.ip_local_port_range"

// ChosenPorts are the first and the last of [LocalPorts], which from tells as
// [Value.From] does. ok is false if the capture does not tell them right.
func (s *Snapshot) ChosenPorts() (first, last uint16, v Value, ok bool) {
	v, _ = s.Setting(LocalPorts)
	from, ok1 := v.Number(0)
	to, ok2 := v.Number(1)
	if !ok1 || !ok2 || max(from, to) > 65535 {
		return 0, 0, v, false
	}
	return uint16(from), uint16(to), v, true
}

// printedSettings reads what sysctl printed, once.
func (s *Snapshot) printedSettings() map[string]Value {
	if s.settings != nil {
		return s.settings
	}
	s.settings = map[string]Value{}
	wanted := map[string]bool{}
	for _, setting := range Settings {
		wanted[setting.Name] = true
	}
	t := open(s, sysctlOutput, parser.Sysctls)
	for row := range Good(t.Rows(), func(error) {}) {
		if wanted[row.Name] {
			s.settings[row.Name] = Value{clean(strings.ReplaceAll(row.Value, "\t", " ")), t.File, row.Line}
		}
	}
	return s.settings
}

// releaseNumbers cuts 4.18.0-80.el8 to 4 and 18. They are 0 if that is no release.
func releaseNumbers(release string) (major, minor int) {
	first, rest, _ := strings.Cut(release, ".")
	second := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	if errors.Join(err1, err2) != nil {
		return 0, 0
	}
	return major, minor
}

// StateOf tells what the capture has of a file of the list, without reading it. For a
// name with * it is Present if there is one.
func (s *Snapshot) StateOf(name string) State {
	if strings.Contains(name, "*") {
		for range s.glob(name) {
			return Present
		}
		return Absent
	}
	t := openAs[struct{}](s, file(name), nil)
	if t.file != nil {
		t.file.Close()
	}
	return t.State
}
