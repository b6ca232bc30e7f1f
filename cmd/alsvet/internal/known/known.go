// Package known lists the functions of als and hooks by what they do.
package known

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// The import paths that the analyzers look for.
const (
	Module  = "github.com/seed-1938943e/goroutine"
	ALS     = Module + "/als"
	Inherit = Module + "/als/inherit"
	Hooks   = Module + "/hooks"
)

// FullName returns the name of the function that a call calls, as types.Func has
// it, with that of the generic function for an instance. It is "" for calls of
// function values, conversions and built-in functions.
func FullName(info *types.Info, call *ast.CallExpr) string {
	if fn, ok := typeutil.Callee(info, call).(*types.Func); ok {
		return Name(fn)
	}
	return ""
}

// Name is the full name of a function without type arguments and type
// parameters: "time.AfterFunc", "(*sync.WaitGroup).Go".
func Name(fn *types.Func) string {
	fn = fn.Origin()
	recv := fn.Signature().Recv()
	if recv == nil || fn.Pkg() == nil {
		return fn.FullName()
	}
	t, star := recv.Type(), ""
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t, star = p.Elem(), "*"
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return fn.FullName()
	}
	return "(" + star + named.Obj().Pkg().Path() + "." + named.Obj().Name() + ")." + fn.Name()
}

// Is reports whether the call calls one of the functions with these full names.
func Is(info *types.Info, call *ast.CallExpr, names ...string) bool {
	name := FullName(info, call)
	return name != "" && slices.Contains(names, name)
}

// Method returns the full name of a method of a pointer to a type of package als.
func Method(typ, name string) string { return "(*" + ALS + "." + typ + ")." + name }

// ValueMethod returns the full name of a method of a type of package als.
func ValueMethod(typ, name string) string { return "(" + ALS + "." + typ + ")." + name }

// Func returns the full name of a function of package als.
func Func(name string) string { return ALS + "." + name }

// Starts are the functions that start their argument in a new goroutine with stores.
var Starts = []string{Func("Go"), ValueMethod("ExecutionContext", "Go")}

// Enters are the functions that put a store in place without a function to end it.
var Enters = []string{Method("Storage", "EnterWith"), Func("EnterWith")}

// Scopes are the functions that put a store in place until the End of their result.
var Scopes = []string{Method("Storage", "WithScope"), Func("WithContext")}

// Binds are the functions whose first result carries its own context.
var Binds = []string{
	Func("Bind"), Func("Outlive"),
	Hooks + ".Bind",
	"(*" + Hooks + ".AsyncResource).Bind",
}

// Encloses are the functions that restore the stores when their argument returns.
var Encloses = append([]string{
	Func("Run"), Func("Exit"), Func("RunFunc"), Func("ExitFunc"), Func("RunFunc2"), Func("ExitFunc2"),
	Func("RunContext"), Func("RunContextFunc"), Func("RunContextFunc2"),
	Method("Storage", "Run"), Method("Storage", "Exit"),
	ValueMethod("ExecutionContext", "Run"),
	"(*" + Hooks + ".AsyncResource).RunInAsyncScope",
}, Binds...)

// IsType reports whether t is the named type of package als, or an instance of it.
func IsType(t types.Type, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	obj := named.Obj()
	return obj.Name() == name && obj.Pkg() != nil && obj.Pkg().Path() == ALS
}

// InModule reports whether a package belongs to goroutine itself.
func InModule(path string) bool {
	return path == Module || strings.HasPrefix(path, Module+"/")
}
