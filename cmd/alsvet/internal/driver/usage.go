package driver

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"golang.org/x/tools/go/analysis"
)

const usageHead = `usage: alsvet [-flag...] [package...]
       alsvet help [analyzer]

Alsvet reports code that loses the stores of package als, or gives them to the wrong
goroutine. It exits with 0 if there is nothing to report, 3 after findings, 1 if the
packages could not be analyzed, and 2 for wrong flags.

`

// printUsage prints all flags: those of alsvet, then those of the analyzers.
func (o *options) printUsage(w io.Writer, analyzers []*analysis.Analyzer) {
	fmt.Fprint(w, usageHead)
	general := flag.NewFlagSet("", flag.ContinueOnError)
	special := flag.NewFlagSet("", flag.ContinueOnError)
	o.flags.VisitAll(func(f *flag.Flag) {
		switch p, ofAnalyzer := f.Value.(*passed); {
		case !ofAnalyzer || !p.analyzer:
			general.Var(f.Value, f.Name, f.Usage)
		case p.check != nil:
			special.Var(f.Value, f.Name, f.Usage)
		}
	})
	general.SetOutput(w)
	general.PrintDefaults()
	fmt.Fprint(w, "\nEach analyzer is a flag, too. -gostmt runs only that one and others that are named so;\n"+
		"-gostmt=false runs all but that one.\n\n")
	printAnalyzers(w, analyzers)
	fmt.Fprint(w, "\nSome have flags of their own:\n\n")
	special.SetOutput(w)
	special.PrintDefaults()
}

// Help is the command help: it prints what the analyzers are for, or one in full.
func Help(args []string, out io.Writer, analyzers []*analysis.Analyzer) int {
	switch len(args) {
	case 0:
		fmt.Fprint(out, "The analyzers:\n\n")
		printAnalyzers(out, analyzers)
		fmt.Fprint(out, "\nalsvet help NAME describes one of them; alsvet -h lists the flags.\n")
		return Clean
	case 1:
		for _, a := range analyzers {
			if a.Name == args[0] {
				describe(out, a)
				return Clean
			}
		}
	}
	return fail(Misuse, fmt.Errorf("there is no analyzer %q: alsvet help lists them", strings.Join(args, " ")))
}

func printAnalyzers(w io.Writer, analyzers []*analysis.Analyzer) {
	for _, a := range analyzers {
		title, _, _ := strings.Cut(a.Doc, "\n")
		fmt.Fprintf(w, "  %-12s  %s\n", a.Name, title)
	}
}

func describe(w io.Writer, a *analysis.Analyzer) {
	fmt.Fprintf(w, "%s: %s\n", a.Name, strings.TrimSpace(a.Doc))
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	n := 0
	a.Flags.VisitAll(func(f *flag.Flag) {
		flags.Var(f.Value, a.Name+"."+f.Name, f.Usage)
		n++
	})
	if n > 0 {
		fmt.Fprint(w, "\nFlags:\n\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
}
