package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// isSetting reports whether a function that the goroutine calls, the value fun of the
// variable or field v, is a setting of the goroutine's owner and no work that a caller
// handed over. It is one if
//
//   - its name says so, or it only returns a number or text
//   - it is an option, func(*T), out of a variadic parameter
//   - it came with a value from a call, as a function that releases the value does
//   - it is reached through another field, as c.config.retry is
//   - the package made it itself, with a call, or gives it to its own constructor
//   - it is a package variable, or nothing in the package sets it, as the hook of a test
//   - it is the receiver of a method that an interface has
func (b *body) isSetting(fun ast.Expr, v *types.Var) bool {
	if isOwnFunction(v) {
		return true
	}
	sig, ok := v.Type().Underlying().(*types.Signature)
	if !ok || b.judge.isRegistered(v) {
		return false
	}
	j := b.judge
	return returnsBasic(sig) || b.isAdapted(v) || b.isConfigured(fun) ||
		j.flow.IsOption(v) || j.isRelease(v, sig) || j.isMade(v) || j.isOwn(v) || j.isOfPackage(v)
}

// ownFunction matches the names of function values that are settings.
var ownFunction = regexp.MustCompile(`(?i)^(now|time|clock|since|rand|dial|log|debug|info|warn|print|trace|sleep|after|new|lookup|resolve|close|cancel|started$|stopped$|release|unregister|unsubscribe|unlock|wake)|cancel$`)

func isOwnFunction(v *types.Var) bool {
	return ownFunction.MatchString(v.Name()) || endsName.MatchString(v.Name()) || flow.IsCancel(v.Type())
}

// isToldOfErrors reports whether a function in a field or parameter returns nothing and is called
// with errors, text and numbers only, as its name and parameters say: func onReadError(err error).
// That is a way to log.
func isToldOfErrors(v *types.Var) bool {
	sig, ok := v.Type().Underlying().(*types.Signature)
	if !ok || sig.Results().Len() > 0 || !toldOfErrors.MatchString(v.Name()) {
		return false
	}
	told := sig.Variadic() && strings.HasSuffix(v.Name(), "f")
	for param := range sig.Params().Variables() {
		_, basic := param.Type().Underlying().(*types.Basic)
		switch {
		case isError(param.Type()):
			told = true
		case !basic && !sig.Variadic():
			return false // such as the context of a request
		}
	}
	return told
}

var toldOfErrors = regexp.MustCompile(`[Ee]rr(or)?(s|f|Handler|Func|Fn|Callback|CB|Cb)?$`)

// returnsBasic reports whether a function only returns a number or text.
func returnsBasic(sig *types.Signature) bool {
	if sig.Params().Len() > 0 || sig.Results().Len() != 1 {
		return false
	}
	result, ok := sig.Results().At(0).Type().Underlying().(*types.Basic)
	return ok && result.Info()&(types.IsNumeric|types.IsString) != 0
}

// isRelease reports whether a function came with a value from a call, to be called when
// the value is not needed any more. What is taken out of a queue brings work with it.
func (j *Judge) isRelease(v *types.Var, sig *types.Signature) bool {
	calls := j.flow.Assigned.LaterResults(v)
	if sig.Params().Len() > 0 || sig.Results().Len() > 1 || sig.Results().Len() == 1 && !isError(sig.Results().At(0).Type()) {
		return false
	}
	return len(calls) > 0 && !slices.ContainsFunc(calls, func(e ast.Expr) bool {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return true // out of a map
		}
		name := known.Identifier(call.Fun)
		return name == nil || readName.MatchString(name.Name)
	})
}

// isAdapted reports whether a function is the receiver of a method that was called through an
// interface, as http.HandlerFunc is. It counts as the other methods behind the interface do.
func (b *body) isAdapted(v *types.Var) bool {
	arg, _ := b.env.lookup(v)
	return b.judge.isReceiver(v) && arg != nil && types.IsInterface(b.judge.info.TypeOf(arg))
}

// isConfigured reports whether a function is a field of a struct which is itself a field, as
// in c.config.retry, of something that was neither taken out of a queue nor given to the
// goroutine. Behind more fields it always is: job.pool.config.retry.
func (b *body) isConfigured(fun ast.Expr) bool {
	sel, ok := ast.Unparen(fun).(*ast.SelectorExpr)
	if !ok || !b.judge.isValue(sel.X) {
		return false
	}
	count := b.judge.fields(sel)
	if count < 2 {
		return false
	}
	given := false
	for root, e := b.judge.root(sel.X), b.env; root != nil; {
		arg, outer := e.lookup(root)
		_, isParam := b.judge.flow.ParamIndex(root)
		given = given || b.judge.isTaken(root) || arg == nil && isParam
		if arg == nil {
			break
		}
		count += b.judge.fields(arg)
		root, e = b.judge.root(arg), outer
	}
	return !given || count > 2
}

// fields returns how many fields an expression goes through.
func (j *Judge) fields(e ast.Expr) int {
	count := 0
	for n := range ast.Preorder(e) {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if selection := j.info.Selections[sel]; selection != nil && selection.Kind() == types.FieldVal {
				count += len(selection.Index())
			}
		}
	}
	return count
}

// isMade reports whether a field only has what calls without functions have returned, or a
// local variable literals that functions of the package have: the package made the function
// itself.
func (j *Judge) isMade(v *types.Var) bool {
	values, known := j.flow.Assigned.Values(v)
	return known && !slices.ContainsFunc(values, func(value ast.Expr) bool {
		call, ok := ast.Unparen(value).(*ast.CallExpr)
		return !ok || !v.IsField() && !j.returnsLiteral(call) && !j.isOfPackageFunc(call) && !j.callsMade(call) || slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
			t := j.info.TypeOf(arg)
			return t == nil || flow.IsFunc(t)
		})
	})
}

// isOwn reports whether a field only has functions that the package itself gives to an unexported
// constructor, and that call none of a user.
func (j *Judge) isOwn(v *types.Var) bool {
	values, _ := j.flow.Assigned.Values(v)
	return v.IsField() && !v.Exported() && len(values) > 0 && !slices.ContainsFunc(values, func(value ast.Expr) bool {
		param := j.flow.Assigned.Variable(value)
		i, isParam := j.flow.ParamIndex(param)
		return !isParam || !j.givenOwn(j.flow.OwnerOf(param), i)
	})
}

// isConstructed reports whether a function is a field of an internal package, or an element of a
// list in one, that only functions without a receiver set, such as constructors and options: the
// module sets a value up with it, and no user hands it over with its work.
func (j *Judge) isConstructed(v *types.Var) bool {
	if over := j.flow.Assigned.Ranged(v); over != nil {
		v = j.flow.Assigned.Variable(over)
	}
	if v == nil || !v.IsField() || !isInternal(j.pass.Pkg.Path()) {
		return false
	}
	values, _ := j.flow.Assigned.Values(v)
	return len(values) > 0 && !slices.ContainsFunc(values, j.inMethod)
}

// inMethod reports whether an expression is in a method, or in a literal in one.
func (j *Judge) inMethod(e ast.Expr) bool {
	cur, ok := j.flow.Root.FindNode(e)
	if !ok {
		return true
	}
	for decl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		return decl.Node().(*ast.FuncDecl).Recv != nil
	}
	return false
}

// givenOwn reports whether all callers of an unexported function give literals or declared
// functions for its i-th parameter.
func (j *Judge) givenOwn(f *flow.Func, i int) bool {
	if f.Obj == nil || f.Obj.Exported() || f.Obj.Signature().Recv() != nil {
		return false
	}
	uses := j.programUses(f)
	return len(uses) > 0 && !slices.ContainsFunc(uses, func(use cursor) bool {
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if !ok || call.Fun != use.Node() || i >= len(call.Args) {
			return true
		}
		_, isLit := ast.Unparen(call.Args[i]).(*ast.FuncLit)
		return !isLit && j.flow.Assigned.Variable(call.Args[i]) != nil || j.runsGiven(call.Args[i])
	})
}

// runsGiven reports whether a function of the package calls a function value that may be a
// user's, as a literal around a listener does.
func (j *Judge) runsGiven(fun ast.Expr) bool {
	for _, f := range j.flow.Callees(fun).Funcs {
		for cur := range f.Cursor.Preorder((*ast.CallExpr)(nil)) {
			call := cur.Node().(*ast.CallExpr)
			if tv := j.info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
				continue
			}
			if c := j.flow.Callees(call.Fun); c.Unknown || len(c.Params) > 0 {
				return true
			}
		}
	}
	return false
}

// callsMade reports whether a call is one of a local function that a package made itself.
func (j *Judge) callsMade(call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := j.info.Uses[id].(*types.Var)
	if !ok || j.flow.OwnerOf(v) == nil {
		return false
	}
	values, known := j.flow.Assigned.Values(v)
	return known && !slices.ContainsFunc(values, func(value ast.Expr) bool {
		made, ok := ast.Unparen(value).(*ast.CallExpr)
		return !ok || !j.isOfPackageFunc(made)
	})
}

// isOfPackageFunc reports whether a call is one of a function of another package, and no method:
// it has made the function that it returns, such as the second half of a trace. A method may look
// up what others have registered.
func (j *Judge) isOfPackageFunc(call *ast.CallExpr) bool {
	fn, ok := j.info.Uses[known.Identifier(call.Fun)].(*types.Func)
	return ok && fn.Pkg() != j.pass.Pkg && fn.Signature().Recv() == nil
}

// returnsLiteral reports whether a call is one of a function of the package that returns a
// function literal.
func (j *Judge) returnsLiteral(call *ast.CallExpr) bool {
	c := j.flow.Callees(call.Fun)
	for _, f := range c.Funcs {
		for cur := range f.Cursor.Preorder((*ast.ReturnStmt)(nil)) {
			results := cur.Node().(*ast.ReturnStmt).Results
			if j.flow.Enclosing(cur) != f || len(results) == 0 {
				continue
			}
			if _, isLit := ast.Unparen(results[0]).(*ast.FuncLit); !isLit {
				return false
			}
		}
	}
	return len(c.Funcs) > 0 && len(c.Foreign)+len(c.Params) == 0 && !c.Unknown
}

// isTaken reports whether a variable has what was received or taken out of a queue.
func (j *Judge) isTaken(v *types.Var) bool {
	if j.taken(v) != nil {
		return true
	}
	values, _ := j.flow.Assigned.Values(v)
	return slices.ContainsFunc(values, func(value ast.Expr) bool {
		unary, ok := ast.Unparen(value).(*ast.UnaryExpr)
		return ok && unary.Op == token.ARROW
	})
}

// isOfStarter reports whether a variable or field has a function that the starter of the goroutine was
// given: it is that of the starter's caller.
func (w *walker) isOfStarter(v *types.Var) bool {
	if _, isParam := w.judge.flow.ParamIndex(v); isParam && w.judge.flow.OwnerOf(v) == w.starter {
		return true
	}
	values, _ := w.judge.flow.Assigned.Values(v)
	return slices.ContainsFunc(values, func(value ast.Expr) bool {
		param := w.judge.flow.Assigned.Variable(value)
		_, isParam := w.judge.flow.ParamIndex(param)
		return isParam && w.judge.flow.OwnerOf(param) == w.starter
	})
}

// isOfPackage reports whether a function is in a package variable, or a field that nothing in the
// package sets.
func (j *Judge) isOfPackage(v *types.Var) bool {
	return !v.IsField() && j.flow.OwnerOf(v) == nil || j.flow.Assigned.Never(v)
}

// isRegistered reports whether a field has what a method is given to keep, or a package
// variable what a function is given, such as the handler of an event:
// func (n *Node) OnWrite(h Handler) { n.onWrite = h }.
func (j *Judge) isRegistered(v *types.Var) bool {
	if !v.IsField() && j.flow.OwnerOf(v) != nil {
		return false
	}
	values, _ := j.flow.Assigned.Values(v)
	return slices.ContainsFunc(values, func(value ast.Expr) bool {
		param := j.flow.Assigned.Variable(value)
		_, isParam := j.flow.ParamIndex(param)
		owner := j.flow.OwnerOf(param)
		return isParam && owner.Obj != nil && (!v.IsField() || owner.Obj.Signature().Recv() != nil)
	})
}
