package bundle

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// An output is what a command printed on the machine. It is read under the name
// output/NAME, whichever command of those that tell the same was run, and whatever
// the collector called the file.
type output struct {
	name     string
	commands []string // best first
	files    []string // names below the machine's root that do not follow from a command
}

// outputs is THE list of the outputs of commands that are read. Within one, the
// commands that tell most come first; the files are those of collectors with names
// of their own: Rancher (networking, systeminfo), AKS (collect), EKS (networking,
// system), ECS (system), SONiC (dump), XenServer (*.out), microk8s and others.
var outputs = []output{
	{"netstat", []string{
		"netstat -W -neopa", "netstat -T -neopa", "netstat -neopa", "netstat -anpoee --wide", "netstat -anpoe", "netstat -W -neoa",
		"netstat -lpeanut", "netstat -tuanp", "netstat -anp", "netstat -plant", "netstat -tanp", "netstat -an", "netstat -nlp", "netstat -nW",
	}, []string{"system/netstat.txt", "networking/netstat", "networking/netstat.txt"}},
	{"ss", []string{
		"ss -peaonmi", "ss -anoempiO", "ss -tulpen", "ss -eionptu", "ss -nampio", "ss -tupna", "ss -nap", "ss -anp", "ss -tanp", "ss -taupnl", "ss -pln",
	}, []string{"collect/ss.txt", "networking/ssanp", "ss-nampio.out", "network/ss", "addon_output/listening.txt"}},
	{"lsof", []string{
		"lsof -b +M -n -l -c", "lsof +M -n -l -c", "lsof -b +M -n -l", "lsof -b -n -l +fg -P -Ki", "lsof -nPl +M", "lsof -nPl", "lsof",
	}, []string{"sos_commands/process/lsof_-b_M_-n_-l_-c", "sos_commands/process/lsof_-b_M_-n_-l", "sos_commands/process/lsof_M_-n_-l_-c", "systeminfo/lsof"}},
	{"route", []string{"route -n", "route -n -ee", "netstat -rn -ee", "netstat -rn", "netstat -nr"}, []string{"route-n.out"}},
	{"route6", []string{"route -n -6", "netstat -rn -6"}, nil},
	{"ip_route", []string{"ip route show table all", "ip -4 route show table 254", "ip route show", "ip route", "ip -o route show"}, []string{
		"networking/iproute", "networking/iproute.txt", "dump/ip.route", "ip-route.out", "network/ip-route",
	}},
	{"ip6_route", []string{"ip -6 route show table all", "ip -6 route show table 254", "ip -6 route show", "ip -6 route"}, []string{"networking/ipv6route", "networking/ip6route.txt"}},
	{"ip_address", []string{"ip -d address", "ip -s addr", "ip address show", "ip address", "ip addr show", "ip addr", "ip -4 addr show", "ip -o addr", "ip a"}, []string{
		"networking/ipaddrshow", "dump/ip.addr", "ip-s-addr.out", "network/ip-addr",
	}},
	{"ip_link", []string{"ip -s -d link", "ip -s link", "ip -stats link", "ip -d -s l", "ip -d link", "ip link show", "ip link", "ip -o link show"}, []string{
		"networking/iplinkshow", "dump/ip.link.stats", "dump/ip.link",
	}},
	{"ip_link_json", []string{"ip -j -d addr", "ip -j -d -s addr", "ip -d -j link"}, []string{"collect/ip_link.json"}},
	{"ip_address_json", nil, []string{"collect/ip_4_addr.json"}},
	{"ifconfig", []string{"ifconfig -a", "ifconfig"}, []string{"networking/ifconfig.txt", "networking/ifconfiga", "dump/ifconfig.counters_1", "ifconfig-a.out"}},
	{"netstat_i", []string{"netstat -ia", "netstat -i", "ifconfig -s -a"}, []string{"dump/netstat.counters_1"}},
	{"sysctl", []string{"sysctl -a"}, []string{"sos_commands/kernel/sysctl_-a", "sos_commands/kernel/sysctl_-a_2"}},
}

// outputDir is where the snapshot looks for outputs.
const outputDir = "output/"

// commandDirs are the directories in which files are called after the command
// whose output they hold. Ours is first, sosreport's and the Insights client's
// are the others.
var commandDirs = []string{"cmd/", "sos_commands/networking/", "insights_commands/"}

// mangled is the file's name for a command, as sos makes it (sosreport/sos:
// sos/report/plugins/__init__.py, _mangle_command).
func mangled(command string) string {
	words := strings.FieldsFunc(strings.ReplaceAll(command, "/", "."), func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-' || r == '.')
	})
	return strings.Trim(strings.Join(words, "_"), "._-")
}

// names lists the names below the machine's root that the output may have, best
// first.
func (o *output) names() (list []string) {
	for _, command := range o.commands {
		for _, dir := range commandDirs {
			list = append(list, dir+mangled(command))
		}
	}
	return append(list, o.files...)
}

// An outputIndex is the list of outputs, looked at from other sides.
type outputIndex struct {
	stored map[string]bool // the names that outputs may have
	tops   []string        // their first elements
	// byCommand gives the file's name for a command, and files are all of these.
	byCommand map[string]string
	files     map[string]bool
}

var indexed = sync.OnceValue(func() (x outputIndex) {
	x.stored = map[string]bool{}
	x.byCommand, x.files = map[string]string{}, map[string]bool{}
	for _, o := range outputs {
		for _, name := range o.names() {
			x.stored[name] = true
			first, _, _ := strings.Cut(name, "/")
			x.tops = append(x.tops, first)
		}
		for _, command := range o.commands {
			x.byCommand[command] = mangled(command)
			x.files[mangled(command)] = true
		}
	}
	slices.Sort(x.tops)
	x.tops = slices.Compact(x.tops)
	return x
})

// outputNames gives the names that output/NAME may have, or nil for another file.
func outputNames(name string) []string {
	output, ok := strings.CutPrefix(name, outputDir)
	if !ok {
		return nil
	}
	for i := range outputs {
		if outputs[i].name == output {
			return outputs[i].names()
		}
	}
	return nil
}

// commandFile is the name that a section gets which holds the output of a command.
// It is empty if nobody wants that.
func commandFile(command string) string {
	words := strings.Fields(command)
	if len(words) == 0 {
		return ""
	}
	if path.Base(words[0]) == "su" && len(words) > 2 { // Android: su root lsof
		words = words[2:]
	}
	words[0] = path.Base(words[0])
	command = strings.Join(words, " ")
	if file, ok := indexed().byCommand[command]; ok {
		return "cmd/" + file
	}
	return facts[command]
}

// facts are the names of outputs that are no tables.
var facts = map[string]string{"uname -a": "uname", "date": "date", "hostname": "hostname"}

// expanded puts the names that files may have in a bundle in place of those of
// outputs.
func expanded(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		if names := outputNames(p); names != nil {
			all = append(all, names...)
		} else {
			all = append(all, p)
		}
	}
	return all
}

// isOutput reports whether a stored name ends like that of an output, which has two
// directories at most.
func isOutput(name string) bool {
	for cut, dirs := len(name), 0; cut >= 0 && dirs <= 2; dirs++ {
		cut = strings.LastIndexByte(name[:cut], '/')
		if indexed().stored[name[cut+1:]] {
			return true
		}
	}
	return false
}

// outputHost tells whether dir is the root of a machine of which there are only
// outputs of commands.
func outputHost(t tree, dir string) (hostFS, bool) {
	h := rootHost(t, dir)
	for _, top := range indexed().tops {
		if _, err := t.lstat(path.Join(dir, top)); err != nil {
			continue
		}
		for name := range indexed().stored {
			if name != top && !strings.HasPrefix(name, top+"/") {
				continue
			}
			if file, err := resolve(t, dir, path.Join(dir, name)); err == nil {
				if fi, err := t.lstat(file); err == nil && fi.Mode().IsRegular() {
					return h, true
				}
			}
		}
	}
	return h, false
}
