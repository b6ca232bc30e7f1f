package driver

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// configName is the file that flags are read from.
const configName = ".alsvet"

// options are the values of the flags.
type options struct {
	flags     *flag.FlagSet
	passed    map[string]string // flags for the go command and for the analyzers, by name
	order     []string          // their names, as they were given
	build     []string          // for the go command
	analyzers []string          // for the analyzers
	patterns  []string

	fix, diff, json, sarif, writeBaseline bool
	baseline, config, dir                 string
	context                               int
}

// buildFlags are passed to the go command.
var buildFlags = map[string]string{
	"tags":    "comma-separated `list` of build tags, as for go build",
	"mod":     "module download `mode`, as for go build",
	"modfile": "read `file` instead of go.mod, as for go build",
}

// parse reads the configuration file and the arguments, which override it.
func parse(args []string, analyzers []*analysis.Analyzer) (*options, error) {
	o := &options{passed: make(map[string]string), context: -1}
	fs := flag.NewFlagSet("alsvet", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	o.flags = fs
	fs.BoolVar(&o.fix, "fix", false, "apply the fixes, and exit with 0")
	fs.BoolVar(&o.diff, "diff", false, "with -fix: print the changes as a diff and leave the files as they are")
	fs.BoolVar(&o.json, "json", false, "print findings and fixes as JSON, and exit with 0")
	fs.BoolVar(&o.sarif, "sarif", false, "print findings as SARIF 2.1.0, and exit with 0")
	fs.StringVar(&o.baseline, "baseline", "", "report only findings that are not in `file`")
	fs.BoolVar(&o.writeBaseline, "write-baseline", false, "write all findings to the file of -baseline, and exit with 0")
	fs.StringVar(&o.config, "config", "", "read flags from `file`, one on each line; none reads no file (default: the nearest "+configName+" in this directory or above it, inside the module)")
	fs.StringVar(&o.dir, "C", "", "change to `dir` first; other paths are relative to it")
	fs.IntVar(&o.context, "c", -1, "print the line of each finding with `n` lines around it; -1 prints no line")
	for name, use := range buildFlags {
		fs.Var(&passed{name: name, o: o}, name, use)
	}
	for _, a := range analyzers {
		fs.Var(&passed{name: a.Name, o: o, bool: true, analyzer: true}, a.Name, "run only this analyzer, and others that are set; =false: run all but this one")
		a.Flags.VisitAll(func(f *flag.Flag) {
			name := a.Name + "." + f.Name
			b, _ := f.Value.(interface{ IsBoolFlag() bool })
			fs.Var(&passed{name: name, o: o, check: f.Value, bool: b != nil && b.IsBoolFlag(), analyzer: true}, name, f.Usage)
		})
	}
	if err := fs.Parse(args); err != nil {
		return o, wrongFlag(err)
	}
	if o.dir != "" { // all other paths are relative to it, as with the go command
		if err := os.Chdir(o.dir); err != nil {
			return o, fmt.Errorf("-C: %w", err)
		}
	}
	if path := o.configFile(); path != "" {
		given := o.baseline
		defer func() { // a path in the file is relative to it
			if given == "" && o.baseline != "" && !filepath.IsAbs(o.baseline) {
				o.baseline = filepath.Join(filepath.Dir(path), o.baseline)
			}
		}()
		lines, err := readConfig(path)
		if err != nil {
			return o, err
		}
		if err := fs.Parse(append(lines, args...)); err != nil {
			return o, fmt.Errorf("%s: %w", shortest(path), err)
		}
	}
	if o.patterns = fs.Args(); len(o.patterns) == 0 {
		o.patterns = []string{"."}
	}
	for _, name := range o.order {
		arg := "-" + name + "=" + o.passed[name]
		if _, build := buildFlags[name]; build {
			o.build = append(o.build, arg)
		} else {
			o.analyzers = append(o.analyzers, arg)
		}
	}
	return o, o.misuse()
}

// misuse returns an error for flags that exclude each other.
func (o *options) misuse() error {
	switch {
	case o.diff && !o.fix:
		return errors.New("-diff needs -fix: use -fix -diff to see what -fix would change")
	case o.json && o.fix:
		return errors.New("-json and -fix exclude each other")
	case o.sarif && (o.json || o.fix):
		return errors.New("-sarif, -json and -fix exclude each other")
	case o.writeBaseline && o.baseline == "":
		return errors.New("-write-baseline needs -baseline=file")
	case o.writeBaseline && (o.json || o.sarif || o.fix):
		return errors.New("-write-baseline excludes -json, -sarif and -fix")
	}
	for _, pattern := range o.patterns {
		if strings.HasPrefix(pattern, "-") {
			return fmt.Errorf("the flag %s follows a package: put flags first", pattern)
		}
	}
	return nil
}

// wrongFlag says where the flags are listed.
func wrongFlag(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	return fmt.Errorf("%w (alsvet -h lists the flags)", err)
}

// forbids reports whether findings need no use of als.
func (o *options) forbids() bool { return o.passed["gostmt.forbid"] == "true" }

// configFile returns the configuration file, "" for none: the one that is named, or
// the nearest one upwards that is not above the module or workspace.
func (o *options) configFile() string {
	switch o.config {
	case "none":
		return ""
	case "":
	default:
		return o.config
	}
	dir, err := os.Getwd()
	for err == nil {
		path := filepath.Join(dir, configName)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
		up := filepath.Dir(dir)
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || up == dir {
			return ""
		}
		dir = up
	}
	return ""
}

// readConfig reads flags, one a line, with comments that begin with #.
func readConfig(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration file: %w", err)
	}
	defer file.Close()
	var flags []string
	scanner := bufio.NewScanner(file)
	for n := 1; scanner.Scan(); n++ {
		line := strings.TrimSpace(scanner.Text())
		name, _, hasValue := strings.Cut(strings.TrimLeft(line, "-"), "=")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, "-") || !hasValue && strings.ContainsAny(name, " \t"):
			return nil, fmt.Errorf("%s:%d: %q is not a flag: write one flag on each line, as -name=value", shortest(path), n, line)
		case name == "C" || name == "config" || name == "h" || name == "help":
			return nil, fmt.Errorf("%s:%d: -%s works on the command line only", shortest(path), n, name)
		default:
			flags = append(flags, line)
		}
	}
	return flags, scanner.Err()
}

// A passed is a flag that is passed on as it was written, after its value was checked.
type passed struct {
	name     string
	o        *options
	check    flag.Value // nil for any value
	bool     bool
	analyzer bool
}

func (p *passed) String() string {
	if p.check != nil && p.bool && p.check.String() == "true" {
		return "true" // a default that the usage shows
	}
	return ""
}

func (p *passed) IsBoolFlag() bool { return p.bool }

func (p *passed) Set(value string) error {
	if p.check != nil {
		before := p.check.String()
		if err := p.check.Set(value); err != nil {
			return err
		}
		if err := p.check.Set(before); err != nil {
			return err
		}
	} else if p.bool && value != "true" && value != "false" {
		return errors.New("the value must be true or false")
	}
	if _, again := p.o.passed[p.name]; !again {
		p.o.order = append(p.o.order, p.name)
	}
	p.o.passed[p.name] = value
	return nil
}
