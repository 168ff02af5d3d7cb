// Package filter is the language of ss's filters over the sockets of a capture:
//
//	state established ( dport = :443 or sport = :ssh ) and not dst 10.0.0.0/8
//
// [Parse] reads the text, [Filter.Bind] ties it to one captured machine, whose
// names and processes it may speak of, and the [Bound] filter selects rows.
//
// The grammar is that of ss (iproute2, misc/ssfilter.y), with fields of our own:
//
//	filter    = condition { [ and | or ] condition }
//	condition = not condition | "(" filter ")" | states | autobound
//	          | field operator value
//	states    = ( state | exclude ) word { ( state | exclude ) word }
//	and       = "and" | "&&" | "&", or nothing
//	or        = "or" | "||" | "|"
//	not       = "not" | "!"
//
// As in ss, and in spite of its manual page, and and or bind equally and are taken
// from left to right: `a or b and c` is `( a or b ) and c`. [Filter.Mixed] tells of
// such a text. States at the beginning hold for all that follows: `state established a
// or b` is `state established and ( a or b )`.
//
// A field that is not known of a row is neither equal to anything nor unequal: a
// condition is then unknown, and so is its contrary. `unknown and no` is no, `unknown
// or yes` is yes. Rows are selected for which the whole is yes. So the laws of logic
// hold: not not f is f, and De Morgan's are what they are.
package filter
