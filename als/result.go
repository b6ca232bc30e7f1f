package als

import "context"

// Methods cannot have type parameters of their own, so these are functions. Each costs
// what the method costs and allocates nothing more.

// RunFunc is [Storage.Run] for a function with a result, which it returns. It is Node's
// run, which returns the result of its function.
//
// It panics if s or fn is nil.
func RunFunc[T, R any](s *Storage[T], store T, fn func() R) (result R) {
	if s == nil {
		panic("als: RunFunc: the Storage is nil")
	}
	if fn == nil {
		panic("als: RunFunc: fn is nil")
	}
	s.Run(store, func() { result = fn() })
	return result
}

// RunFunc2 is [Storage.Run] for a function with two results, such as a value and an
// error, which it returns.
//
// It panics if s or fn is nil.
func RunFunc2[T, R1, R2 any](s *Storage[T], store T, fn func() (R1, R2)) (r1 R1, r2 R2) {
	if s == nil {
		panic("als: RunFunc2: the Storage is nil")
	}
	if fn == nil {
		panic("als: RunFunc2: fn is nil")
	}
	s.Run(store, func() { r1, r2 = fn() })
	return r1, r2
}

// ExitFunc is [Storage.Exit] for a function with a result, which it returns. It is
// Node's exit, which returns the result of its function.
//
// It panics if s or fn is nil.
func ExitFunc[T, R any](s *Storage[T], fn func() R) (result R) {
	if s == nil {
		panic("als: ExitFunc: the Storage is nil")
	}
	if fn == nil {
		panic("als: ExitFunc: fn is nil")
	}
	s.Exit(func() { result = fn() })
	return result
}

// ExitFunc2 is [Storage.Exit] for a function with two results, such as a value and
// an error, which it returns.
//
// It panics if s or fn is nil.
func ExitFunc2[T, R1, R2 any](s *Storage[T], fn func() (R1, R2)) (r1 R1, r2 R2) {
	if s == nil {
		panic("als: ExitFunc2: the Storage is nil")
	}
	if fn == nil {
		panic("als: ExitFunc2: fn is nil")
	}
	s.Exit(func() { r1, r2 = fn() })
	return r1, r2
}

// RunContextFunc is [RunContext] for a function with a result, which it returns.
//
// It panics if ctx or fn is nil.
func RunContextFunc[R any](ctx context.Context, fn func() R) (result R) {
	if ctx == nil {
		panic("als: RunContextFunc: ctx is nil")
	}
	if fn == nil {
		panic("als: RunContextFunc: fn is nil")
	}
	RunContext(ctx, func() { result = fn() })
	return result
}

// RunContextFunc2 is [RunContext] for a function with two results, such as a value
// and an error, which it returns.
//
// It panics if ctx or fn is nil.
func RunContextFunc2[R1, R2 any](ctx context.Context, fn func() (R1, R2)) (r1 R1, r2 R2) {
	if ctx == nil {
		panic("als: RunContextFunc2: ctx is nil")
	}
	if fn == nil {
		panic("als: RunContextFunc2: fn is nil")
	}
	RunContext(ctx, func() { r1, r2 = fn() })
	return r1, r2
}
