// Alsvet finds code that loses the stores of package als, and mends it where that
// is safe. It runs alone, as a tool of a module, or below go vet:
//
//	alsvet ./...
//	go tool alsvet ./...
//	go vet -vettool=$(which alsvet) ./...
//
// With -fix it changes the files, with -fix -diff it shows what it would change, and
// with -json it prints findings and fixes for programs. alsvet help lists the
// analyzers, alsvet help NAME describes one and its flags.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

func main() {
	if problem := misuse(os.Args[1:]); problem != "" {
		fmt.Fprintln(os.Stderr, "alsvet: "+problem)
		os.Exit(2)
	}
	flag.CommandLine.SetOutput(prefixed{os.Stderr})
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: alsvet [-flag...] package...\nalsvet help lists the analyzers, alsvet help NAME describes one and its flags")
	}
	// Multichecker serves the three ways: it is a unitchecker, too.
	multichecker.Main(suite.Analyzers()...)
}

// misuse says which flags do not go together, "" if all is well. The driver would
// ignore the second one.
func misuse(args []string) string {
	set := make(map[string]bool)
	for _, arg := range args {
		name, value, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && value != "false" {
			set[name] = true
		}
	}
	switch {
	case set["diff"] && !set["fix"]:
		return "-diff shows what -fix would change: use -fix -diff"
	case set["json"] && set["fix"]:
		return "-json prints findings and -fix mends them: use one of them"
	}
	return ""
}

// Prefixed says whose messages about flags they are.
type prefixed struct{ io.Writer }

func (p prefixed) Write(text []byte) (int, error) {
	_, err := fmt.Fprintf(p.Writer, "alsvet: %s", text)
	return len(text), err
}
