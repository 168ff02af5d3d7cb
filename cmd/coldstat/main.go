// Command coldstat is netstat for machines that are not there: it reads what
// was captured from a Linux machine and shows what netstat would have shown.
package main

import (
	"os"

	"github.com/coldstat/coldstat/cmd/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.System())) }
