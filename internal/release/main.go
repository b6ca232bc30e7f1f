// Release publishes the modules of this repository that others use. All of them get
// the same version.
//
//	go run ./internal/release v0.2.0              print the tags that the version needs
//	go run ./internal/release -tag v0.2.0         set them
//	go run ./internal/release -proxy DIR v0.2.0   write the modules into a directory for GOPROXY=file://DIR
//
// It publishes the commit HEAD. It refuses a version that is not semantic or that
// CHANGELOG.md does not describe. It also refuses a working tree with changes, and a
// go.mod that works only inside this repository. Then it has written nothing.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const usage = "usage: go run ./internal/release [-tag | -proxy DIR] VERSION"

func main() {
	if err := run(".", os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run releases the repository that the directory dir belongs to.
func run(dir string, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says what is wrong
	proxy := flags.String("proxy", "", "")
	tag := flags.Bool("tag", false, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(stdout, usage)
		return nil
	case err != nil:
		return fmt.Errorf("%w\n%s", err, usage)
	case flags.NArg() != 1 || *tag && *proxy != "":
		return errors.New(usage)
	}
	r, err := newRelease(dir, flags.Arg(0))
	if err != nil {
		return err
	}
	if *proxy != "" {
		return r.writeProxy(*proxy)
	}
	return r.tag(*tag, stdout)
}
