package words

import "strconv"

// Counted is a number with what it counts: 1 byte, 2 bytes.
func Counted(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatUint(n, 10) + " " + many
}
