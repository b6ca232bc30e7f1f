// Package flow finds out, for each function of a package, what a call of it leads to:
//
//   - whether it reads a store: it does if it calls package als, and it could if it
//     calls something that hands stores on, such as log/slog, or an unknown function
//   - which of its parameters it calls, before it returns
//   - which of its parameters run elsewhere: on a goroutine that it starts, or from a
//     channel or queue that another goroutine reads
//
// What importers need of that is exported as facts, as go vet does for the wrappers of
// printf. Functions of the standard library are known by name (std.go).
package flow

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// Analyzer reports nothing. Its result is a *Package.
var Analyzer = &analysis.Analyzer{
	Name:       "alsflow",
	Doc:        "find out what functions read, call and hand to other goroutines",
	Requires:   []*analysis.Analyzer{inspect.Analyzer},
	Run:        run,
	FactTypes:  []analysis.Fact{new(Fact)},
	ResultType: reflect.TypeFor[*Package](),
}

// Reading says whether a function reads a store.
type Reading int

// The answers.
const (
	Never  Reading = iota
	Prints         // only in a call of package log
	Logs           // only in such a call, or in one of a logger such as log/slog
	Could          // through a driver, an interface or an unknown function
	Does           // it calls package als
)

// A Fact is what importers know of a function.
type Fact struct {
	Reads     Reading
	Closes    bool    // it could read only where it closes or logs
	Calls     []int   // parameters that it calls
	Elsewhere []Param // parameters that run on another goroutine
}

// A Param is a parameter that runs on another goroutine.
type Param struct {
	Index  int
	Starts bool // each call starts the goroutine
}

func (*Fact) AFact() {}

func (f *Fact) String() string {
	var words []string
	switch f.Reads {
	case Prints:
		words = append(words, "prints")
	case Logs:
		words = append(words, "logs")
	case Could:
		words = append(words, "could read")
	case Does:
		words = append(words, "reads")
	}
	if len(f.Calls) > 0 {
		words = append(words, "calls")
	}
	if len(f.Elsewhere) > 0 {
		words = append(words, "elsewhere")
	}
	return strings.Join(words, " ")
}

func (f *Fact) empty() bool { return f.String() == "" }

// A Package holds the functions of a package. Analyzers use it at the same time; what is
// found out later is behind mu.
type Package struct {
	Pass     *analysis.Pass
	Root     inspector.Cursor
	Assigned *Assigned
	LeftOut  bool // nothing is known of the package: it is of the standard library, or too large

	decls   map[*types.Func]*Func
	funcs   map[ast.Node]*Func
	order   []*Func
	values  map[*types.Func]bool // functions that the program uses as values, and does not only call
	emptied map[*types.Var]bool  // fields that goroutines take elements out of
	mu      sync.Mutex
	impls   map[*types.Func][]*Func // of the methods of unexported interfaces
	owners  map[*types.Var]*Func    // of variables
}

// A Func is a function declaration or literal.
type Func struct {
	Node   ast.Node // *ast.FuncDecl or *ast.FuncLit
	Cursor inspector.Cursor
	Obj    *types.Func // nil for literals
	Owner  *Func       // the function around a literal, nil if none
	Fact   Fact

	sig     *types.Signature
	params  []*types.Var
	results []*types.Var
	reads   Reading      // by itself
	looped  []int        // parameters that it calls in loops without an end
	outer   []*types.Var // parameters of functions around it that it calls on another goroutine
	callees []*Func
	passed  []pass // arguments of functions that call them
	stores  []int  // parameters that it stores in what may be a queue
}

// A pass is an argument of a call, where the callee calls that parameter.
type pass struct {
	callee *Func
	index  int
	arg    ast.Expr
	loop   bool // in a loop without an end
}

func run(p *analysis.Pass) (any, error) {
	pkg := &Package{
		Pass:     p,
		Assigned: newAssigned(p),
		decls:    make(map[*types.Func]*Func),
		funcs:    make(map[ast.Node]*Func),
		impls:    make(map[*types.Func][]*Func),
		owners:   make(map[*types.Var]*Func),
	}
	pkg.Root = p.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()
	if IsStandard(p.Pkg.Path()) || sizeOf(p) >= MaxSize {
		pkg.LeftOut = true
		return pkg, nil
	}
	pkg.Assigned.collect(pkg.Root)
	pkg.index()
	pkg.findValues()
	for _, f := range pkg.order {
		pkg.scan(f)
	}
	pkg.propagateReads()
	pkg.findElsewhere()
	pkg.propagateReads() // what runs elsewhere needs the stores, too
	for _, f := range pkg.order {
		if f.Obj != nil && f.Fact.Reads > Never && f.Fact.Reads < Does && closeName.MatchString(f.Obj.Name()) {
			f.Fact.Closes = (&closing{flow: pkg, seen: make(map[*Func]bool), inside: true}).body(f)
		}
		if f.Obj != nil && !f.Fact.empty() {
			p.ExportObjectFact(f.Obj, &f.Fact)
		}
	}
	return pkg, nil
}

// MaxSize is the number of bytes from which on a package is left out: it is too large to
// be written by hand. Translated from C there are packages of ten megabytes.
const MaxSize = 3 << 20

func sizeOf(p *analysis.Pass) (size int64) {
	for _, file := range p.Files {
		size += int64(file.FileEnd - file.FileStart)
	}
	return size
}

// index makes a Func for each function of the package.
func (p *Package) index() {
	for cur := range p.Root.Preorder((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		f := &Func{Node: cur.Node(), Cursor: cur}
		var sig *types.Signature
		switch n := f.Node.(type) {
		case *ast.FuncDecl:
			f.Obj, _ = p.Pass.TypesInfo.Defs[n.Name].(*types.Func)
			if f.Obj != nil {
				p.decls[f.Obj] = f
				sig = f.Obj.Signature()
			}
		case *ast.FuncLit:
			sig, _ = p.Pass.TypesInfo.TypeOf(n).(*types.Signature)
			for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
				if up != cur {
					f.Owner = p.funcs[up.Node()]
					break
				}
			}
		}
		if f.sig = sig; sig != nil {
			f.params = slices.Collect(sig.Params().Variables())
			f.results = slices.Collect(sig.Results().Variables())
		}
		p.funcs[f.Node] = f
		p.order = append(p.order, f)
	}
}

// Callees returns the functions of the package that f may call, literals in it among
// them.
func (f *Func) Callees() []*Func { return f.callees }

// Body returns the function's body, nil if it has none in Go.
func (f *Func) Body() *ast.BlockStmt {
	switch n := f.Node.(type) {
	case *ast.FuncDecl:
		return n.Body
	case *ast.FuncLit:
		return n.Body
	}
	return nil
}

// Signature returns the function's signature without its receiver.
func (f *Func) Signature() *types.Signature { return f.sig }

// Name returns a name for messages.
func (f *Func) Name() string {
	if f.Obj == nil {
		return "a function literal"
	}
	return f.Obj.Name()
}

// Param returns the i-th parameter; those of a variadic function go on with its last.
func (f *Func) Param(i int) *types.Var {
	if len(f.params) == 0 {
		return nil
	}
	return f.params[min(i, len(f.params)-1)]
}

// Funcs returns the functions of the package, those around others first.
func (p *Package) Funcs() []*Func { return p.order }

// Func returns the Func of a declaration or literal.
func (p *Package) Func(n ast.Node) *Func { return p.funcs[n] }

// Enclosing returns the innermost function around a node, nil if none.
func (p *Package) Enclosing(cur inspector.Cursor) *Func {
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if up != cur {
			return p.funcs[up.Node()]
		}
	}
	return nil
}

// IsResult reports whether a variable is a named result of the function.
func (f *Func) IsResult(v *types.Var) bool {
	return slices.Contains(f.results, v)
}

// FactOf returns what is known of a function of this or another package.
func (p *Package) FactOf(fn *types.Func) *Fact {
	fn = fn.Origin()
	if f := p.decls[fn]; f != nil {
		return &f.Fact
	}
	fact := new(Fact)
	if fn.Pkg() != nil && fn.Pkg() != p.Pass.Pkg {
		p.Pass.ImportObjectFact(fn, fact)
	}
	return fact
}

// Text writes an expression for a message.
func Text(e ast.Expr) string {
	text := types.ExprString(e)
	if len(text) > 40 {
		text = text[:37] + "..."
	}
	return text
}

func (p *Package) isALS(fn *types.Func) bool {
	return fn.Pkg() != nil && known.InModule(fn.Pkg().Path())
}
