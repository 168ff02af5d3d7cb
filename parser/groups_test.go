package parser

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

func groupText(g Group) string { return fmt.Sprintf("%d %s %s %d", g.Line, g.Iface, g.Addr, g.Users) }

const igmpHead = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"

func TestIGMP(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{
			"two devices", igmpHead + "1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n" +
				"2\taverylongname15:     2      V3\n\t\t\t\tFB0000E0    -1 0:00000000\t\t0\n\t\t\t\t010000E0     2 0:00000000\t\t0\n",
			"3 lo 224.0.0.1 1\n5 averylongname15 224.0.0.251 -1\n6 averylongname15 224.0.0.1 2\n",
		},
		{"a colon in the name", igmpHead + "1\teth0:1    :     1      V3\n\t010000E0 1\n", "3 eth0:1 224.0.0.1 1\n"},
		{
			"no index", "Device    : Count Querier\tGroup    Users Timer\tReporter\nlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n",
			"3 lo 224.0.0.1 1\n",
		},
		{
			"groups of a device that cannot be read are nobody's", igmpHead + "1\tlo        :     1\n2 eth0\n\t010000E0 1\n3\teth1: 1\n\t010000E0 2\n",
			"error: file:3: Device missing: row ends before this column\n" +
				"error: file:4: Group \"010000E0\": no line of a device to which the group belongs\n6 eth1 224.0.0.1 2\n",
		},
		{"a group before any device", igmpHead + "\t010000E0 1\n", "error: file:2: Group \"010000E0\": no line of a device to which the group belongs\n"},
		{
			"bad groups", igmpHead + "1\tlo: 1\n\t10000E0 1\n\t010000E0\n\t010000E0 x\n",
			"error: file:3: Group \"10000E0\": invalid syntax\nerror: file:4: Users missing: row ends before this column\nerror: file:5: Users \"x\": invalid syntax\n",
		},
		{"an index that is none", igmpHead + "x\tlo: 1\n", "error: file:2: Idx \"x\": invalid syntax\n"},
		{"another header", "1    lo   ff02\n", "error: file:1: the header has no column \"Device\": no row can be read\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(IGMP("file", strings.NewReader(tt.in), Options{}), groupText); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestIGMPBigEndian(t *testing.T) {
	in := igmpHead + "1\tlo        :     1      V3\n\t\t\t\tE0000001     1 0:00000000\t\t0\n"
	want := "3 lo 224.0.0.1 1\n"
	if got := told(IGMP("file", strings.NewReader(in), Options{ByteOrder: binary.BigEndian}), groupText); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestIGMP6(t *testing.T) {
	in := "1    lo              ff020000000000000000000000000001     1 0000000C 0\n2 eth0 ff02 1\n3 eth0 ff020000000000000000000000000001\nx\n"
	want := "1 lo ff02::1 1\nerror: file:2: group \"ff02\": invalid syntax\n" +
		"error: file:3: users missing: row ends before this column\nerror: file:4: index \"x\": invalid syntax\n"
	if got := told(IGMP6("file", strings.NewReader(in), Options{}), groupText); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func FuzzIGMP(f *testing.F) {
	f.Add([]byte(igmpHead + "1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\nx\n\t1\n"))
	f.Add([]byte("Device :\nlo :\n\t010000E0 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		little, big := 0, 0
		for g, err := range IGMP("file", strings.NewReader(string(data)), Options{}) {
			if err != nil && !strings.HasPrefix(err.Error(), "file:") {
				t.Errorf("error %q does not begin with the file", err)
			}
			if err == nil && (g.Iface == "" || !g.Addr.Is4() || g.Line < 2) {
				t.Errorf("row %v", g)
			}
			little++
		}
		for range IGMP("file", strings.NewReader(string(data)), Options{ByteOrder: binary.BigEndian}) {
			big++
		}
		if little != big {
			t.Errorf("%d rows and errors in one byte order, %d in the other", little, big)
		}
	})
}

func FuzzIGMP6(f *testing.F) {
	f.Add([]byte("1    lo              ff020000000000000000000000000001     1 0000000C 0\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRows(t, data, false, IGMP6) })
}
