// Package migrating has the test of docs/migrating.md, whose programs use libraries
// that only the module of the examples may require.
package migrating
