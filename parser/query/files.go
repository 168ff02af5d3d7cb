package query

// Needs say what a run wants to know besides the rows themselves.
type Needs struct {
	Programs bool // the processes behind the sockets
	Extend   bool // for interfaces: addresses and hardware
}

// Files lists the files of the captured machine that the plan reads, so that a
// bundle need not hold others. Those of etc/ are always among them.
func (p Plan) Files(n Needs) []string {
	files := []string{
		"etc/services", "etc/hosts", "etc/networks", "etc/protocols", "etc/passwd",
		"proc/net/route", "proc/net/tcp", "proc/net/udp", // they tell the byte order
	}
	switch p.Mode {
	case Routes:
		return append(files, "proc/net/ipv6_route")
	case Interfaces:
		files = append(files, "proc/net/dev", "sys/class/net/*/mtu", "sys/class/net/*/flags",
			"sys/class/net/*/operstate", "sos_commands/networking/ip_-d_address", "cmd/ip_-d_address")
		if n.Extend {
			files = append(files, "proc/net/if_inet6", "proc/net/fib_trie", "sys/class/net/*/type",
				"sys/class/net/*/address", "sys/class/net/*/tx_queue_len")
		}
		return files
	}
	for _, t := range p.InetTables() {
		if t.Protocol == SCTP {
			files = append(files, "proc/net/sctp/eps", "proc/net/sctp/assocs")
		} else {
			files = append(files, t.File)
		}
	}
	if p.Shows(UnixAF) {
		files = append(files, "proc/net/unix")
	}
	if n.Programs {
		files = append(files, "proc/*/fd/*", "proc/*/cmdline")
	}
	return files
}
