package flow

import (
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// standard are the first elements of the paths of the standard library.
var standard = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`archive bufio builtin bytes cmp compress container context crypto database
		debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os
		path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing text time unicode
		unique unsafe vendor weak`) {
		standard[name] = true
	}
}

// IsStandard reports whether a path is one of the standard library.
func IsStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return standard[first]
}

// readers are the packages of the standard library that call code of the program which
// is often given stores: a log handler, a RoundTripper, a driver.
var readers = map[string]bool{"log/slog": true, "net/http": true, "database/sql": true, "net/rpc": true}

// harmless are methods of interfaces that read no store in any sensible program.
var harmless = map[string]bool{
	"Close": true, "Error": true, "String": true, "Lock": true, "Unlock": true, "RLock": true, "RUnlock": true,
	"Len": true, "Name": true, "ID": true, "Type": true, "Done": true, "Err": true, "Cancel": true, "Release": true,
	"LocalAddr": true, "RemoteAddr": true, "Addr": true, "Flush": true, "CloseWrite": true, "CloseRead": true,
	"SetDeadline": true, "SetReadDeadline": true, "SetWriteDeadline": true, "Size": true, "Less": true, "Swap": true,
	"Now": true, "Since": true, "Until": true, "After": true, "Sleep": true, "NewTimer": true, "NewTicker": true,
	"Encode": true, "Decode": true, "Marshal": true, "Unmarshal": true,
}

// isHarmless reports whether a method of an interface has the name of one that reads no store. A lock
// that can fail is that of a database, and what is counted, flushed or released with a context may be
// at a remote, too.
func isHarmless(fn *types.Func) bool {
	sig := fn.Signature()
	switch fn.Name() {
	case "Lock", "Unlock", "RLock", "RUnlock":
		return sig.Params().Len()+sig.Results().Len() == 0
	case "Len", "Size", "Flush", "Cancel", "Release", "Swap":
		return sig.Params().Len() == 0 || !IsContext(sig.Params().At(0).Type())
	}
	return harmless[fn.Name()]
}

// IsContext reports whether a type is context.Context.
func IsContext(t types.Type) bool { return types.TypeString(t, nil) == "context.Context" }

// codecName matches the names of functions and methods that encode or decode values. What they call
// on the way, such as MarshalJSON, reads no store in any sensible program.
var codecName = regexp.MustCompile(`^(Marshal|Unmarshal|Pack|Unpack|Serialize|Deserialize|Encode|Decode)([A-Z].*)?$`)

// quiet are modules that read no store, although they call interfaces: they count, encode, or
// check what a test expects.
var quiet = []string{
	"github.com/prometheus/client_golang", "google.golang.org/protobuf", "github.com/golang/protobuf", "github.com/gogo/protobuf",
	"github.com/stretchr/testify", "go.opentelemetry.io/otel/metric",
}

// loggers are modules that do nothing but log.
var loggers = []string{
	"go.uber.org/zap", "github.com/sirupsen/logrus", "github.com/rs/zerolog", "github.com/go-logr/logr", "github.com/go-logr/zapr",
	"k8s.io/klog", "github.com/golang/glog", "github.com/hashicorp/go-hclog", "github.com/go-kit/log", "github.com/apex/log",
}

func isOf(fn *types.Func, modules []string) bool {
	path := fn.Pkg().Path()
	return slices.ContainsFunc(modules, func(module string) bool {
		return path == module || strings.HasPrefix(path, module+"/")
	})
}

// isWait reports whether a method waits for what runs on other goroutines, as Wait of an
// errgroup.Group does. It is given nothing to run.
func isWait(fn *types.Func) bool {
	sig := fn.Signature()
	return fn.Name() == "Wait" && sig.Recv() != nil && sig.Params().Len() == 0
}

func isQuiet(fn *types.Func) bool {
	return codecName.MatchString(fn.Name()) || isOf(fn, quiet)
}

// isGetter reports whether a method of an interface only returns a number, text or a channel, or
// is one of an interface that describes an error. Such a method reads no store in any sensible
// program.
func isGetter(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Params().Len() == 0 && sig.Results().Len() == 1 {
		switch result := sig.Results().At(0).Type().Underlying().(type) {
		case *types.Chan:
			return true
		case *types.Basic:
			if result.Info()&(types.IsNumeric|types.IsString) != 0 {
				return true
			}
		}
	}
	return types.Implements(sig.Recv().Type(), errorInterface)
}

// bytesName matches the names of methods that read or write the bytes of a file or a connection, or return
// what does.
var bytesName = regexp.MustCompile(`^(Read|Write|Peek|Discard|Seek)(Byte|Bytes|String|Line|At|From|To|Message|Frame|Packet)?$|^(Next)?(Reader|Writer)$|^Std(in|out|err)$`)

// movesBytes reports whether a method of an interface reads or writes bytes, or returns what does: it
// is given and returns nothing but bytes, numbers, readers and writers, and texts that it writes or
// returns. Such a method of a stream reads no store in any sensible program. One that is given a name is
// that of a file system or a database.
func movesBytes(fn *types.Func) bool {
	sig := fn.Signature()
	plain := func(vars *types.Tuple) bool {
		for v := range vars.Variables() {
			if !isPlain(v.Type()) && !isBytes(v.Type()) && !isError(v.Type()) && !isOfIO(v.Type()) {
				return false
			}
		}
		return vars.Len() > 0
	}
	return bytesName.MatchString(fn.Name()) && plain(sig.Results()) &&
		(sig.Params().Len() == 0 || plain(sig.Params()) && (fn.Name() == "WriteString" || !hasText(sig.Params())))
}

func hasText(vars *types.Tuple) bool {
	for v := range vars.Variables() {
		if basic, ok := v.Type().Underlying().(*types.Basic); ok && basic.Info()&types.IsString != 0 {
			return true
		}
	}
	return false
}

func isBytes(t types.Type) bool {
	slice, ok := t.Underlying().(*types.Slice)
	return ok && isPlain(slice.Elem())
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// isOfIO reports whether a type is one of package io, such as io.Reader.
func isOfIO(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "io"
}

var errorInterface = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// foreignReads returns how a function without a body here reads a store.
func (p *Package) foreignReads(fn *types.Func) Reading {
	could := false
	switch {
	case fn.Pkg() == nil: // error.Error
	case p.isALS(fn):
		if !setsStores(fn) {
			return Does
		}
	case IsStandard(fn.Pkg().Path()):
		could = standardReads(fn)
	case isQuiet(fn), isWait(fn):
	case isInterfaceMethod(fn):
		could = !isHarmless(fn) && !isGetter(fn) && !movesBytes(fn)
	default:
		reads := p.FactOf(fn).Reads
		if reads == Could && isOf(fn, loggers) {
			return Logs
		}
		return reads
	}
	switch {
	case could && IsStandard(fn.Pkg().Path()) && isLog(fn):
		return Prints
	case could && (isLog(fn) || fn.Pkg().Path() == "log/slog"):
		return Logs
	case could:
		return Could
	}
	return Never
}

// isLog reports whether a function is one of package log, or a method of a logger's interface.
func isLog(fn *types.Func) bool {
	if fn.Pkg() != nil && IsStandard(fn.Pkg().Path()) {
		return fn.Pkg().Path() == "log" && logName.MatchString(fn.Name())
	}
	return isInterfaceMethod(fn) && (logName.MatchString(fn.Name()) || isLogger(fn.Signature().Recv().Type())) || fn.Pkg() != nil && isOf(fn, loggers)
}

// isLogger reports whether an interface is that of a logger, as its name says.
func isLogger(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && loggerName.MatchString(named.Obj().Name())
}

var loggerName = regexp.MustCompile(`(?i)(logger|logsink)$`)

// setsStores reports whether a function of the module puts a store in place and reads
// none. What it runs is looked at by itself.
func setsStores(fn *types.Func) bool {
	switch fn.Name() {
	case "Run", "RunFunc", "RunFunc2", "Exit", "ExitFunc", "ExitFunc2", "End", "EnterWith", "WithScope", "Disable", "New":
		return fn.Pkg().Path() == known.ALS
	}
	return false
}

// slogName are functions and methods of log/slog that call a handler.
var slogName = regexp.MustCompile(`^(Debug|Info|Warn|Error|Log|LogAttrs|Handle)(Context)?$`)

// httpName are functions and methods of net/http that call a RoundTripper or a Handler.
var httpName = regexp.MustCompile(`^(Do|Get|Head|Post|PostForm|RoundTrip|ServeHTTP|(ListenAnd)?Serve(TLS)?)$`)

func standardReads(fn *types.Func) bool {
	path, name := fn.Pkg().Path(), fn.Name()
	if path == "log" {
		return fn.Signature().Recv() == nil && strings.HasPrefix(name, "Print") // Fatal ends the program, as a panic does
	}
	if path == "log/slog" {
		return slogName.MatchString(name)
	}
	if !readers[path] || harmless[name] {
		return false
	}
	if path == "net/http" {
		return httpName.MatchString(name) && known.Name(fn) != "(net/http.Header).Get"
	}
	return true
}

// IsCancel reports whether a type is that of a function that cancels a context.
func IsCancel(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "context" {
		return false
	}
	return named.Obj().Name() == "CancelFunc" || named.Obj().Name() == "CancelCauseFunc"
}
