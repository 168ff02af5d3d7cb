package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// TestCorpusArchives: the sosreports of the corpus, packed as sos packs them, say
// what their directories say.
func TestCorpusArchives(t *testing.T) {
	public := filepath.Join(fixtures.Corpus(t), "public")
	for archive, dir := range map[string]string{
		"sosreport-coreos-master1-subset.tar.xz":    "sos-coreos-master1",
		"sosreport-hotsos-kubernetes-subset.tar.xz": "hotsos-kubernetes",
	} {
		for _, argv := range []string{"-tan", "-rn", "-i", "-xa", "-s", "-aneopW"} {
			stdout, stderr, code := ours(argv, filepath.Join(public, "archives", archive))
			wantOut, wantErr, wantCode := ours(argv, filepath.Join(public, dir))
			if code != wantCode || stdout != wantOut {
				t.Errorf("coldstat %s %s: exit %d, the directory %d\n%s", argv, archive, code, wantCode, firstDifference(stdout, wantOut))
			}
			if stderr != wantErr || strings.Contains(stderr, "damaged") {
				t.Errorf("coldstat %s %s: stderr %q, the directory %q", argv, archive, stderr, wantErr)
			}
		}
	}
}
