// Fieldstudy runs alsvet over modules of others, as if they used als:
//
//	go run ./internal/fieldstudy [-only name] [-keep] [-list]
//
// For each it takes the module from the module proxy, adds a file with a storage to
// each package, runs its tests, counts the findings of the two drivers, applies the
// fixes, and runs the tests again. It fails if the drivers disagree, if the fixed code
// does not compile, or if a package fails its tests that passed them before.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// modules are those of the study, with releases that Go 1.24 builds. Skip are tests
// that need what a build machine may not have; "*" skips all tests.
var modules = []struct{ name, skip string }{
	{"github.com/go-chi/chi/v5@v5.2.3", ""},
	{"github.com/gin-gonic/gin@v1.11.0", ""},
	{"github.com/hashicorp/raft@v1.7.3", "*"},   // they measure time
	{"github.com/nats-io/nats.go@v1.47.0", "*"}, // they need a server, as the next three do
	{"github.com/jackc/pgx/v5@v5.7.6", "*"},
	{"github.com/minio/minio-go/v7@v7.0.95", "*"},
	{"github.com/redis/go-redis/v9@v9.14.0", "*"},
	{"google.golang.org/grpc@v1.76.0", "*"}, // they take half an hour
}

func main() {
	only := flag.String("only", "", "study the modules whose path contains this")
	keep := flag.Bool("keep", false, "keep the changed modules and say where they are")
	list := flag.Bool("list", false, "print each finding")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "fieldstudy: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := studies(*only, *keep, *list); err != nil {
		fmt.Fprintln(os.Stderr, "fieldstudy:", err)
		os.Exit(1)
	}
}

func studies(only string, keep, list bool) error {
	work, err := os.MkdirTemp("", "fieldstudy")
	if err != nil {
		return err
	}
	if keep {
		fmt.Println("the modules are in", work)
	} else {
		defer os.RemoveAll(work)
	}
	root, err := command(".", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/seed-1938943e/goroutine")
	if err != nil {
		return err
	}
	s := &study{work: work, root: strings.TrimSpace(root), alsvet: filepath.Join(work, "alsvet"), list: list}
	if _, err := command(".", "go", "build", "-o", s.alsvet, "github.com/seed-1938943e/goroutine/cmd/alsvet"); err != nil {
		return err
	}
	fmt.Println("| module | packages | " + strings.Join(names, " | ") + " | loops among them | left after -fix | tests, before and after |")
	fmt.Println("|---|---|" + strings.Repeat("---|", len(names)+3))
	var failed []error
	for _, module := range modules {
		if strings.Contains(module.name, only) {
			row, err := s.module(module.name, module.skip)
			if err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", module.name, err))
				continue
			}
			fmt.Println(row)
		}
	}
	return errors.Join(failed...)
}
