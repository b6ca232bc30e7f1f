// Recipes is the program of the recipes in docs/recipes: a server whose requests have an
// ID and a session, leave work to be done after the answer, and ask another server.
// Each recipe has its file:
//
//	requestid.go     docs/recipes/request-id.md
//	session.go       docs/recipes/session.md
//	background.go    docs/recipes/background.md
//	downstream.go    docs/recipes/downstream.md
//
//	go run ./examples/recipes
//
// sends itself a few orders over the loopback interface, and prints its log lines, first
// without the handler that gives requests an ID, then with it.
//
//	go run ./examples/recipes -addr 127.0.0.1:8080
//	curl -H 'X-User: alice' -X POST http://127.0.0.1:8080/buy/bread
//
// serves until it is interrupted.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/seed-1938943e/goroutine/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var addr string
	return cli.Program{
		Name:  "recipes",
		Shows: "every line that a request causes has its ID, in the handler, after the answer and in the next server",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&addr, "addr", "", "serve on this `address`, such as 127.0.0.1:8080, until SIGINT")
		},
		Run: func(out io.Writer) ([]string, error) {
			if addr != "" {
				return nil, listenAndServe(addr, out)
			}
			return demonstrate(out)
		},
	}.Main(args, stdout, stderr)
}

// shop returns the handler of a server with all recipes. It asks the server at stock
// whether it has an item.
func shop(stock string) http.Handler { return withRequestID(routes(stock)) }

func routes(stock string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stock/{item}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, count(r.PathValue("item")))
	})
	mux.Handle("POST /buy/{item}", withSession(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		item := r.PathValue("item")
		if err := inStock(stock, item); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		charge(item)
		sendReceipt(item)
		fmt.Fprintln(w, "thank you")
	})))
	return mux
}
