// Package rows makes of a captured machine's tables the rows of "coldstat/1":
// one shape for each kind of thing (socket, route, interface, ...), whatever
// file it came from, with everything that the file holds, decoded, and what can
// be derived from other rows. JSON, CSV and the tables are all written from
// these rows, and other programs can use them as Go values.
//
// A row says what it does not know: unknown is the zero [parser.Opt], null in
// JSON and an empty cell in CSV, and never 0. Which kinds there are is the list
// in kinds.go. What each column means, its unit and the file that it comes from
// stand in the tags of its field; nothing else describes the schema.
package rows

// Schema names the shape of the rows. A column may be added under the same
// name; one that changes its meaning or goes away changes the name.
const Schema = "coldstat/1"
