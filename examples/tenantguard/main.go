// Tenantguard puts a guard around a database/sql driver. The guard refuses a query
// without "@tenant", and a query from a caller without a tenant. It fills in the tenant
// from a store, so that callers need not pass it, and cannot pass another.
//
//	go run ./examples/tenantguard
//
// asks for the invoices of users, who are the tenants, also with a query without
// "@tenant". First the driver is SQLite's own, and that query returns the invoices of all
// tenants. Then the driver has the guard.
package main

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-1938943e/goroutine/examples/internal/users"
)

var program = users.Program{
	Name:  "tenantguard",
	Shows: "a guard in the database driver refuses queries without a tenant, and fills in the caller's",
	Wrong: "the driver has no guard",
	Right: "the driver has a guard, and the tenant is in a store",
	Run:   run,
}

func main() { program.Main() }

const (
	forgetful = "select tenant from invoices order by tenant"
	careful   = "select tenant from invoices where tenant = @tenant"
)

func run(c *users.Check) (err error) {
	db, err := open(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	refused := func(err error) string { return "refused, " + err.Error() }
	c.Each(func(name string) {
		saw := invoices(db.DB, forgetful)
		c.Compare(name, name+" asks without @tenant: "+saw, refused(errForgotten), saw)
		if c.Wrong {
			return // without the guard @tenant would have no value
		}
		saw = invoices(db.DB, careful)
		c.Compare(name, name+" asks with @tenant: "+saw, "invoices of "+name, saw)
	})
	if !c.Wrong {
		saw := invoices(db.DB, careful)
		c.Compare(users.NoUser, users.NoUser+" asks with @tenant: "+saw, refused(errNoTenant), saw)
	}
	return nil
}

// invoices returns the tenants whose invoices a query finds. It has no parameter for the
// tenant.
func invoices(db *sql.DB, query string) string {
	rows, err := db.Query(query)
	if err != nil {
		return "refused, " + err.Error()
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err.Error()
		}
		found = append(found, name)
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return "invoices of " + strings.Join(found, ", ")
}

// insertInvoices gives each user an invoice.
func insertInvoices(db *sql.DB, n int) (err error) {
	exempt.Run("fill the table", func() {
		_, err = db.Exec("create table invoices (tenant text)")
		for i := 0; i < n && err == nil; i++ {
			_, err = db.Exec("insert into invoices values (?)", users.Name(i))
		}
	})
	if err != nil {
		return fmt.Errorf("fill the table: %w", err)
	}
	return nil
}
