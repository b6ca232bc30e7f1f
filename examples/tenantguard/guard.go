package main

import (
	"context"
	"database/sql/driver"
	"errors"
	"regexp"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

// tenant has the tenant of the caller: in this example, the user.
var tenant = &users.User

// exempt is for code that must work without a tenant. Its store is the reason.
var exempt als.Storage[string]

var (
	errNoTenant  = errors.New("there is no tenant here")
	errForgotten = errors.New("the query does not say @tenant")
	errPassed    = errors.New("the guard fills in @tenant")
)

// A guard is a driver.Connector around a driver. It sees the caller's stores, because
// database/sql calls a driver on the goroutine of the caller.
//
// It finds mistakes. It does not protect from a malicious query.
type guard struct {
	driver driver.Driver
	name   string // of the database
}

func (g *guard) Driver() driver.Driver { return g.driver }

func (g *guard) Connect(context.Context) (driver.Conn, error) {
	c, err := g.driver.Open(g.name)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(conn)
	if !ok {
		return nil, errors.Join(errors.New("the driver is too old for the guard"), c.Close())
	}
	return guardedConn{inner}, nil
}

// The guard needs a driver whose connections are conns and whose statements are stmts.
type conn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// withTenant returns the arguments of a query with the tenant, or an error.
func withTenant(query string, args []driver.NamedValue) ([]driver.NamedValue, error) {
	if _, ok := exempt.GetStore(); ok {
		return args, nil
	}
	name, ok := tenant.GetStore()
	if !ok {
		return nil, errNoTenant
	}
	if !saysTenant.MatchString(query) {
		return nil, errForgotten
	}
	for _, a := range args {
		if a.Name == "tenant" {
			return nil, errPassed
		}
	}
	return append(args[:len(args):len(args)], driver.NamedValue{Name: "tenant", Ordinal: len(args) + 1, Value: name}), nil
}

var saysTenant = regexp.MustCompile(`@tenant\b`)

// A guardedConn calls withTenant for each query. Its other methods are the driver's.
type guardedConn struct{ conn }

func (c guardedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	args, err := withTenant(query, args)
	if err != nil {
		return nil, err
	}
	return c.conn.QueryContext(ctx, query, args)
}

func (c guardedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	args, err := withTenant(query, args)
	if err != nil {
		return nil, err
	}
	return c.conn.ExecContext(ctx, query, args)
}

func (c guardedConn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

func (c guardedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	inner, ok := s.(stmt)
	if !ok {
		return nil, errors.Join(errors.New("the driver is too old for the guard"), s.Close())
	}
	return guardedStmt{inner, query}, nil
}

// A guardedStmt calls withTenant when it is executed: another tenant may have prepared it.
type guardedStmt struct {
	stmt
	query string
}

// NumInput returns -1, so that database/sql does not count the arguments without the
// tenant.
func (s guardedStmt) NumInput() int { return -1 }

func (s guardedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	args, err := withTenant(s.query, args)
	if err != nil {
		return nil, err
	}
	return s.stmt.QueryContext(ctx, args)
}

func (s guardedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	args, err := withTenant(s.query, args)
	if err != nil {
		return nil, err
	}
	return s.stmt.ExecContext(ctx, args)
}
