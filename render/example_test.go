package render_test

import (
	"fmt"
	"log"
	"os"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/render"
)

// The rows of a bundle as Go values: here the connections from outside.
func Example_rows() {
	b, err := bundle.Open("../testdata/captures/lab-c.tar.gz", bundle.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	plan, err := query.Options{TCP: true, All: true}.Plan() // as -ta
	if err != nil {
		log.Fatal(err)
	}
	services, _ := names.Load(b, names.Auto)
	r := &rows.Reader{Snapshot: snapshot.Load(b, snapshot.ByteOrder{}), Plan: plan, Names: services}
	for s := range r.Sockets() {
		remote, _ := s.RemoteAddress.Get()
		direction, known := s.Direction.Get()
		if !known || direction != "in" || remote.IsLoopback() {
			continue
		}
		service, _ := s.LocalService.Get()
		program, ok := s.Program.Get()
		if !ok {
			program = "nobody"
		}
		fmt.Println(remote, s.State, service, program)
	}
	// Output:
	// 198.51.100.23 ESTABLISHED https nginx: worker process
	// 198.51.100.99 ESTABLISHED https nginx: worker process
	// 198.51.100.7 TIME_WAIT https nobody
	// 10.0.0.50 ESTABLISHED ssh sshd: alice [priv]
	// 198.51.100.23 TIME_WAIT https nobody
	// 2001:db8:77::9 ESTABLISHED http nginx: worker process
}

// The same rows in one of the output formats.
func Example_format() {
	b, err := bundle.Open("../testdata/captures/lab-c.tar.gz", bundle.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	plan, err := query.Options{TCP: true, Listening: true, Families: []query.Family{query.Inet}}.Plan() // as -tl4
	if err != nil {
		log.Fatal(err)
	}
	f, _ := render.FormatByName("ndjson")
	w := f.New(os.Stdout, render.Options{Columns: []string{"local_address", "local_port", "program"}, Sort: []string{"local_port"}})
	err = w.Write(render.View{
		Plan: plan, Kinds: rows.Selected(plan), Snapshot: snapshot.Load(b, snapshot.ByteOrder{}), Report: rows.Quiet{},
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"kind":"socket","local_address":"0.0.0.0","local_port":22,"program":"sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"}
	// {"kind":"socket","local_address":"127.0.0.1","local_port":25,"program":"master"}
	// {"kind":"socket","local_address":"127.0.0.53","local_port":53,"program":"systemd-resolved"}
	// {"kind":"socket","local_address":"0.0.0.0","local_port":80,"program":"nginx: master process /usr/sbin/nginx -g daemon on; master_process on;"}
	// {"kind":"socket","local_address":"0.0.0.0","local_port":443,"program":"nginx: master process /usr/sbin/nginx -g daemon on; master_process on;"}
	// {"kind":"socket","local_address":"127.0.0.1","local_port":5432,"program":"postgres"}
}
