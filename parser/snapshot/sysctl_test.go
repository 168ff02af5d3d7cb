package snapshot_test

import (
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// TestSetting: the file comes before what sysctl printed, and that before the default of
// the kernel's release.
func TestSetting(t *testing.T) {
	const name = "net.core.somaxconn"
	old, file, printed := "4.18.0-80.el8.x86_64\n", "511\n", "net.core.somaxconn = 256\nnet.ipv4.tcp_mem = 10\t20\t30\n"
	for _, tt := range []struct {
		why   string
		files map[string]string
		name  string
		want  snapshot.Value
		ok    bool
	}{
		{"file", map[string]string{"proc/sys/net/core/somaxconn": file, "output/sysctl": printed}, name, snapshot.Value{Text: "511", From: "proc/sys/net/core/somaxconn", Line: 1}, true},
		{"printed", map[string]string{"output/sysctl": printed, "proc/sys/kernel/osrelease": old}, name, snapshot.Value{Text: "256", From: "output/sysctl", Line: 1}, true},
		{"default", nil, name, snapshot.Value{Text: "4096"}, true},
		{"default of 4.18", map[string]string{"proc/sys/kernel/osrelease": old}, name, snapshot.Value{Text: "128"}, true},
		{"several numbers", map[string]string{"output/sysctl": printed}, "net.ipv4.tcp_mem", snapshot.Value{Text: "10 20 30", From: "output/sysctl", Line: 2}, true},
		{"depends on memory", nil, "net.ipv4.tcp_mem", snapshot.Value{}, false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			s := snapshot.Load(fixtures.NewHost(tt.files).FS(), snapshot.ByteOrder{})
			if got, ok := s.Setting(tt.name); got != tt.want || ok != tt.ok {
				t.Errorf("%+v, %v; want %+v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}
