package serves

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// A walker follows what a goroutine runs.
type walker struct {
	judge    *Judge
	starter  *flow.Func // nil if a function is judged by itself
	first    *flow.Func // the goroutine's own function, nil if it is none of the package
	visited  map[visit]bool
	waits    []wait
	origins  map[local]Origin          // of variables, once asked for
	unknown  string                    // a call of what cannot be looked into
	timer    bool                      // a timer runs it
	plain    bool                      // a go statement starts it
	begin    *env                      // of the goroutine's own function
	kept     *types.Var                // the variable or field that the timer is kept in
	keeper   string                    // the name of the type that has that field
	handed   bool                      // it calls functions, or works on values, that others handed over
	taken    bool                      // they are those of callers: out of a queue or a list, or given to the starter
	flushes  bool                      // in its own function, or in one that this calls, it runs such functions, or those in a list
	sent     map[*types.Var]bool       // channels that it sends to or closes
	given    map[*types.Var]bool       // channels that it sends to, or gives to a function that does
	streamed map[*types.Var]bool       // channels that it sends to in a loop, and goes on
	awaited  bool                      // it calls Done of a WaitGroup of the call
	byEntry  bool                      // its starter waits for it with a field of a value, which others may have, too
	copies   bool                      // it copies a stream, in its own function or in one that this calls
	signals  bool                      // it waits for a signal of the process
	values   bool                      // it calls function values, such as a listener for its end
	emptied  ast.Expr                  // a shared list that it takes out, to loop over that
	borrowed string                    // a call of a function that others may have set
	hooks    bool                      // it calls hooks, see isHook
	stays    string                    // a call that may last for longer than the starter, as its name says
	serving  string                    // such a call that may work for others as long as it lasts
	told     string                    // a call of a method of its parameter, which others may have registered
	listens  bool                      // that parameter is a listener, as its type says
	args     map[*types.Var]*types.Var // what the goroutine's function is given for its parameters
	used     map[*types.Var]bool       // variables that it mentions
	handing  *ast.CallExpr             // runs its function, in the function that is given that
	callee   *env                      // of that function
}

type visit struct {
	f      *flow.Func
	inLoop bool
}

// A goroutine is followed through so many calls, and so many functions.
const (
	maxDepth = 10
	maxFuncs = 300
)

func (j *Judge) walk(f *flow.Func, e *env) *walker {
	w := &walker{judge: j, first: f, visited: make(map[visit]bool)}
	w.function(f, e, 0, 0)
	return w
}

// start walks the function of a goroutine.
func (w *walker) start(fun ast.Expr, args []ast.Expr) {
	c := w.judge.flow.Callees(fun)
	w.handed = !w.plain && (c.Unknown || len(c.Params) > 0) // submitted work
	if v := w.judge.flow.Assigned.Variable(fun); c.Unknown && w.plain {
		(&body{walker: w, f: w.starter}).borrows(fun, v)
		if w.borrowed == "" && w.judge.isResult(fun, v) {
			w.borrowed = "nothing here shows what " + flow.Text(fun) + " does"
		}
	}
	if len(c.Funcs) == 1 {
		w.first = c.Funcs[0]
		w.args = make(map[*types.Var]*types.Var)
		for i, arg := range args {
			w.args[w.first.Param(i)] = w.judge.root(arg)
		}
	}
	if lit, ok := ast.Unparen(fun).(*ast.FuncLit); ok && !w.plain && w.first != nil {
		w.told = w.judge.tells(lit)
		w.listens = w.told != "" && observerName.MatchString(typeName(w.first.Signature().Params().At(0).Type()))
	}
	if w.handing != nil {
		w.handedOver(c, fun, nil, w.handing.Args, w.callee, 0, 0)
		return
	}
	w.callees(c, fun, args, nil, 0, 0)
}

// handedTo notes that a call gives the function of the goroutine to a function of the package: which
// call in that runs it, if there is one, and what the parameters of that function are.
func (w *walker) handedTo(call *ast.CallExpr, fun ast.Expr) {
	i := slices.Index(call.Args, fun)
	c := w.judge.flow.Callees(call.Fun)
	if i < 0 || len(c.Funcs) != 1 || c.Unknown || len(c.Foreign)+len(c.Params) > 0 {
		return
	}
	f := c.Funcs[0]
	if f.Signature() == nil || f.Signature().Variadic() {
		return
	}
	uses := w.judge.usesOfVar(f.Param(i))
	if len(uses) != 1 {
		return
	}
	if run, ok := uses[0].Parent().Node().(*ast.CallExpr); ok && run.Fun == uses[0].Node() {
		w.handing, w.callee = run, w.bind(f, call.Fun, call.Args, nil, nil)
	}
}

// isHanded reports whether the function that starts the goroutine gives it something of its call.
func (w *walker) isHanded() bool {
	return w.handing != nil && slices.ContainsFunc(w.handing.Args, func(arg ast.Expr) bool {
		v := w.judge.root(arg)
		return v != nil && w.originOf(arg, w.callee, 0) < Shared && !flow.IsContext(v.Type())
	})
}

// tells says why a literal works for others, "" if it does not. It does if it only calls a method of
// its one parameter, which may be a listener that another caller has registered.
func (j *Judge) tells(lit *ast.FuncLit) string {
	if len(lit.Type.Params.List) != 1 || len(lit.Type.Params.List[0].Names) != 1 || len(lit.Body.List) != 1 {
		return ""
	}
	stmt, ok := lit.Body.List[0].(*ast.ExprStmt)
	if !ok {
		return ""
	}
	call, ok := stmt.X.(*ast.CallExpr)
	if !ok {
		return ""
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	param := j.info.Defs[lit.Type.Params.List[0].Names[0]]
	if !ok || j.info.Uses[id] != param || !types.IsInterface(param.Type()) {
		return ""
	}
	return "it calls " + flow.Text(sel) + " of what it is given, which others may have registered"
}

// observerName matches the names of types whose values get events for as long as they are
// registered. They work for the callers that registered them, not for the caller that causes an event.
var observerName = regexp.MustCompile(`(?i)(listener|observer|subscriber)$`)

// isResult reports whether a function value is, or is in a variable that has, the result of a call
// of a function that is not of this package.
func (j *Judge) isResult(fun ast.Expr, v *types.Var) bool {
	values := []ast.Expr{fun}
	if v != nil {
		values, _ = j.flow.Assigned.Values(v)
		values = append(values, j.flow.Assigned.LaterResults(v)...)
	}
	return slices.ContainsFunc(values, func(value ast.Expr) bool {
		call, isCall := ast.Unparen(value).(*ast.CallExpr)
		return isCall && !j.info.Types[call.Fun].IsType() && len(j.flow.Callees(call.Fun).Funcs) == 0
	})
}

// callees walks what a call may call.
func (w *walker) callees(c flow.Callees, fun ast.Expr, args []ast.Expr, e *env, inLoop, depth int) {
	w.handedOver(c, fun, e, args, e, inLoop, depth)
}

// handedOver is callees for a function in terms of outer, which is called elsewhere with arguments
// in terms of e.
func (w *walker) handedOver(c flow.Callees, fun ast.Expr, outer *env, args []ast.Expr, e *env, inLoop, depth int) {
	for _, f := range c.Funcs {
		w.function(f, w.bind(f, fun, args, e, outer), inLoop, depth+1)
	}
	for _, fn := range c.Foreign {
		w.foreign(fn, fun, args, e, inLoop, depth)
	}
	for _, v := range c.Params {
		arg, at := outer.lookup(v)
		if arg == nil {
			called := v
			if variable := w.judge.flow.Assigned.Variable(fun); variable != nil {
				called = variable
				if called.IsField() && w.judge.isRegistered(called) && w.unknown == "" {
					w.unknown = "it calls " + flow.Text(fun) + ", which another caller may have registered"
				}
			}
			b := &body{walker: w, f: w.starter, env: e, depth: depth}
			b.runs(fun, called)
			b.borrowsGiven(v, args)
			continue
		}
		given := w.judge.flow.Callees(arg)
		if v := w.judge.flow.Assigned.Variable(arg); given.Unknown && v != nil && w.judge.flow.Assigned.Ranged(v) == nil {
			(&body{walker: w, f: w.starter, env: at, depth: depth}).runs(arg, v)
		}
		w.handedOver(given, arg, at, args, e, inLoop, depth+1)
	}
}

// function walks a body.
func (w *walker) function(f *flow.Func, e *env, inLoop, depth int) {
	if f == w.first && w.begin == nil {
		w.begin = e
	}
	v := visit{f, inLoop > 0}
	if w.visited[v] || depth > maxDepth || len(w.visited) == maxFuncs || f.Body() == nil || f != w.first && isLogger(f) {
		return
	}
	w.visited[v] = true
	b := &body{walker: w, f: f, env: e, inLoop: inLoop, depth: depth}
	b.stmts(f.Body())
}

// loggerName matches the names of types that write logs.
var loggerName = regexp.MustCompile(`(?i)logger$`)

// isLogger reports whether a function is a method of a logger. What it does is to log.
func isLogger(f *flow.Func) bool { return loggerName.MatchString(receiverName(f)) }

// receiverName returns the name of the type that a function is a method of, "" if it is none.
func receiverName(f *flow.Func) string {
	if f.Obj == nil || f.Obj.Signature().Recv() == nil {
		return ""
	}
	return typeName(f.Obj.Signature().Recv().Type())
}

// typeName returns the name of a type, or of the type that a pointer points to, "" for types without one.
func typeName(t types.Type) string {
	t = types.Unalias(t)
	if pointer, ok := t.(*types.Pointer); ok {
		t = types.Unalias(pointer.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return ""
	}
	return named.Obj().Name()
}
