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
	"Encode": true, "Decode": true, "Marshal": true, "Unmarshal": true,
}

// codecName are names of functions and methods that encode or decode values. What they call
// on the way, such as MarshalJSON, reads no store in any sensible program.
var codecName = regexp.MustCompile(`^(Marshal|Unmarshal|Pack|Unpack|Serialize|Deserialize|Encode|Decode)([A-Z].*)?$`)

// quiet are modules that read no store, although they call interfaces: they count, encode, or
// check what a test expects.
var quiet = []string{
	"github.com/prometheus/client_golang", "google.golang.org/protobuf", "github.com/golang/protobuf", "github.com/gogo/protobuf",
	"github.com/stretchr/testify",
}

func isQuiet(fn *types.Func) bool {
	path := fn.Pkg().Path()
	return codecName.MatchString(fn.Name()) || slices.ContainsFunc(quiet, func(module string) bool {
		return path == module || strings.HasPrefix(path, module+"/")
	})
}

// foreignReads says whether a function without a body here reads a store.
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
	case isQuiet(fn):
	case isInterfaceMethod(fn):
		could = !harmless[fn.Name()]
	default:
		return p.FactOf(fn).Reads
	}
	switch {
	case could && isLog(fn):
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
	return isInterfaceMethod(fn) && logName.MatchString(fn.Name())
}

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
		switch recv := fn.Signature().Recv(); {
		case recv == nil:
			switch name {
			case "Get", "Head", "Post", "PostForm", "Serve", "ServeTLS", "ListenAndServe", "ListenAndServeTLS":
				return true
			}
			return false
		default:
			switch name {
			case "Do", "Get", "Head", "Post", "PostForm", "RoundTrip", "ServeHTTP", "Serve", "ServeTLS", "ListenAndServe", "ListenAndServeTLS":
				return true
			}
			return false
		}
	}
	return true
}

// isCancel reports whether a type is that of a function that cancels a context.
func isCancel(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "context" {
		return false
	}
	return named.Obj().Name() == "CancelFunc" || named.Obj().Name() == "CancelCauseFunc"
}
