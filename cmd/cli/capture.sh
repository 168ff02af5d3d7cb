#!/bin/sh
# Captures this machine for coldstat, which is netstat for machines that are not
# there: it copies what netstat would read here into one tar archive.
#
#   sh capture.sh            makes coldstat-HOST-TIME.tar.gz here and prints its name
#   sh capture.sh -o FILE    makes FILE; -o - writes the archive to standard output
#
# It takes the tables of /proc/net, of every network namespace that a process is
# in, as root with the connections that its firewall follows; which process has
# which socket open; settings of interfaces, a few limits of the kernel, and names
# in /etc. It does not take arguments and environments of
# programs, names of open files, or what goes over the net. It changes nothing but
# for a temporary directory, and needs no root, which only sees more programs.
set -eu
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
umask 077

tables="tcp tcp6 udp udp6 udplite udplite6 raw raw6 sctp/eps sctp/assocs unix packet netlink
	arp route ipv6_route dev if_inet6 fib_trie igmp igmp6 rt_cache ndisc ip_masquerade
	ipx/socket ipx ipx/route ipx_route ax25 ax25_route x25/socket x25 x25/route x25_routes
	nr nr_nodes nr_neigh rose rose_nodes rose_neigh atalk/route atalk_route
	snmp netstat sctp/snmp snmp6 sockstat sockstat6 softnet_stat
	stat/arp_cache stat/ndisc_cache stat/nf_conntrack"
system="version uptime sys/kernel/hostname sys/kernel/osrelease sys/kernel/random/boot_id"
limits="core/somaxconn core/netdev_max_backlog core/netdev_budget core/rmem_max core/wmem_max
	ipv4/ip_local_port_range ipv4/ip_local_reserved_ports ipv4/ip_forward ipv4/tcp_max_syn_backlog
	ipv4/tcp_abort_on_overflow ipv4/tcp_syncookies ipv4/tcp_syn_retries ipv4/tcp_synack_retries
	ipv4/tcp_retries1 ipv4/tcp_retries2 ipv4/tcp_fin_timeout ipv4/tcp_keepalive_time
	ipv4/tcp_keepalive_probes ipv4/tcp_keepalive_intvl ipv4/tcp_max_tw_buckets ipv4/tcp_tw_reuse
	ipv4/tcp_max_orphans ipv4/tcp_mem ipv4/tcp_rmem ipv4/tcp_wmem ipv4/udp_mem
	ipv4/neigh/default/gc_thresh3 ipv6/neigh/default/gc_thresh3 ipv6/bindv6only unix/max_dgram_qlen
	netfilter/nf_conntrack_count netfilter/nf_conntrack_max nf_conntrack_max"

out='' work='' made=''
say() { echo "capture.sh: $*" >&2; }
fail() { say "error: $*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
clean() {
	[ -z "$work" ] || rm -rf "$work"
	[ -z "$made" ] || rm -f "$made"
}

take() { # FILE COPY: with cat, because tar would store the files of /proc as empty
	[ -f "$1" ] || return 0
	[ -d "${2%/*}" ] || mkdir -p "${2%/*}"
	cat "$1" >"$2" || rm -f "$2"
}

take_namespace() { # PROCESS TO NUMBER [COMMAND...]: the command runs ip in it
	for f in $tables; do take "$1/net/$f" "$2/proc/net/$f"; done
	for f in nf_conntrack ip_conntrack; do # which only root may read
		[ ! -r "$1/net/$f" ] || take "$1/net/$f" "$2/proc/net/$f"
	done
	for f in "$1/net/"bonding/*; do take "$f" "$2/proc/net/bonding/${f##*/}"; done
	mkdir -p "$2/proc/self/ns" "$2/cmd"
	echo "net:[$3]" >"$2/proc/self/ns/net"
	file=$2/cmd/ip_-d_address
	shift 3
	# The ip of busybox knows no -d.
	"$@" ip -d address >"$file" 2>/dev/null || "$@" ip address >"$file" 2>/dev/null || rm -f "$file"
}

take_programs() { # links to sockets, and the first word of each command line
	hidden=0
	for process in /proc/[0-9]*; do
		to=$top$process
		for fd in "$process"/fd/*; do [ ! -S "$fd" ] || echo "$fd"; done >"$work/fds"
		if [ -s "$work/fds" ]; then
			mkdir -p "$to/fd"
			(cd "$to/fd" && xargs sh -c 'cp -RP "$@" .' sh <"$work/fds") 2>/dev/null || :
			{ tr '\000' '\n' <"$process/cmdline" | sed -n 1p | tr '\n' '\000' >"$to/cmdline"; } 2>/dev/null || :
			[ -d "$process" ] || rm -rf "$to"
		elif [ -d "$process" ] && { [ ! -r "$process/fd" ] || { [ -L "$fd" ] && [ ! -e "$fd" ]; }; }; then
			word='' # stays empty for the kernel's own processes
			{ read -r word <"$process/cmdline"; } 2>/dev/null || :
			[ -z "$word" ] || hidden=$((hidden + 1))
		fi
	done
	[ "$hidden" = 0 ] || say "processes that do not show what they have open: $hidden; programs and namespaces may be missing, root sees most"
}

take_other_namespaces() { # each from the first process that lives on
	while read -r number link; do
		process=${link%/ns/net} to=$top/netns/$number
		[ "$number" != "$own" ] || continue
		if [ ! -d "$to" ]; then
			take_namespace "$process" "$to" "$number" nsenter -t "${process#/proc/}" -n </dev/null 2>/dev/null
			cp "$top/uname" "$top/date" "$to"
			[ "$(readlink "$link")" = "net:[$number]" ] || rm -rf "$to"
		fi
		[ ! -d "$to" ] || [ ! -d "$top$process" ] || cp -RP "$top$process" "$to/proc/"
	done <"$work/namespaces"
}

take_interfaces() { # unless /sys is not there, or that of another network namespace
	[ -f /proc/self/net/dev ] || return 0
	n=0
	while IFS=' :' read -r i rest; do
		case $rest in *'|'*) continue ;; esac
		[ -d "/sys/class/net/$i" ] && n=$((n + 1)) || n=-99999
	done </proc/self/net/dev
	for d in /sys/class/net/*; do [ ! -d "$d" ] || n=$((n - 1)); done
	[ "$n" = 0 ] || { say "/sys does not fit /proc/net/dev and is left out"; return 0; }
	for f in /sys/class/net/*/mtu /sys/class/net/*/flags /sys/class/net/*/operstate /sys/class/net/*/type \
		/sys/class/net/*/address /sys/class/net/*/tx_queue_len; do take "$f" "$top$f"; done
}

take_names() {
	for f in services hosts networks protocols; do
		take "/usr/etc/$f" "$top/etc/$f"
		take "/etc/$f" "$top/etc/$f"
	done
	[ -r /etc/passwd ] || return 0
	mkdir -p "$top/etc" # people's full names, homes and shells stay here
	while IFS=: read -r user _ uid gid _ || [ -n "$user" ]; do
		printf '%s:x:%s:%s:::\n' "$user" "$uid" "$gid"
	done </etc/passwd >"$top/etc/passwd"
}

pack() { tar -C "$work" -cf - "$name" || : >"$work/failed"; }
write() { if has gzip; then pack | gzip -c; else pack; fi && [ ! -e "$work/failed" ]; }

main() {
	while getopts o: option; do
		case $option in o) out=$OPTARG ;; *) fail "usage: sh capture.sh [-o FILE]" ;; esac
	done
	[ $# -lt "$OPTIND" ] || fail "usage: sh capture.sh [-o FILE]"
	[ -d /proc/self/net ] || fail "there is no /proc/self/net to capture"
	name=coldstat-$(printf %s "$(uname -n)" | tr -c 'A-Za-z0-9._-' _)-$(date -u +%Y%m%dT%H%M%SZ)
	[ -n "$out" ] || if has gzip; then out=$name.tar.gz; else out=$name.tar; fi
	trap clean EXIT
	trap 'clean; trap - EXIT; exit 130' HUP INT PIPE TERM
	if [ "$out" = - ]; then
		[ ! -t 1 ] || fail "the archive is nothing for a terminal: redirect it"
	elif [ -f "$out" ] || [ -d "$out" ]; then
		fail "$out is there already"
	elif [ -e "$out" ]; then
		: # a device or a pipe
	else
		(set -C && : >"$out") || fail "cannot write $out"
		made=$out
	fi
	for dir in "${TMPDIR:-/tmp}" /dev/shm .; do
		mkdir "$dir/$name.$$" 2>/dev/null && work=$dir/$name.$$ && break
	done
	[ -n "$work" ] || fail "no place for a temporary directory; set TMPDIR"
	top=$work/$name
	mkdir "$top"

	date -u >"$top/date"
	uname -a >"$top/uname"
	own=$(readlink /proc/self/ns/net) || : # no such link before Linux 3.8
	own=${own#*[} own=${own%]}
	if [ -n "$own" ]; then ls -Lid /proc/[0-9]*/ns/net 2>/dev/null | sort -n; fi >"$work/namespaces"
	take_namespace /proc/self "$top" "$own"
	take_programs
	take_other_namespaces
	take_interfaces
	take_names
	for f in $system; do take "/proc/$f" "$top/proc/$f"; done
	for f in $limits; do take "/proc/sys/net/$f" "$top/proc/sys/net/$f"; done
	date -u >"$top/date-end"

	if [ "$out" = - ]; then write; else write >>"$out"; fi || fail "cannot write the archive"
	made=''
	[ "$out" = - ] || printf '%s\n' "$out"
}

main "$@" </dev/null # the script itself may come from standard input
