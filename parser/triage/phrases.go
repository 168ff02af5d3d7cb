package triage

import "strings"

// counted writes a number and what it counts: "1 socket", "12 sockets".
func counted[N int | uint64 | float64](n N, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(float64(n)) + " " + more
}

// percent writes a share for people, who do not read exponents.
func percent(share float64) string {
	if share > 0 && share < 0.001 {
		return "less than 0.001%"
	}
	return number(share) + "%"
}

// listed is a list that ends after so many names with how many more there are.
func listed(names []string, most int) string {
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + " and " + number(float64(more)) + " more"
	}
	return strings.Join(names, ", ")
}
