// Fieldstudy runs alsvet on modules of other authors, as if they used als:
//
//	go run ./internal/fieldstudy [-heldout|-unseen] [-only name] [-dir path] [-list] [-findings | -cost]
//
// For each it takes the module from the module proxy, adds a file with a storage to
// each package, runs its tests, counts the findings of the two drivers, applies the
// fixes, and runs the tests again. It fails if the drivers disagree, if the fixed code
// does not compile, or if a package fails its tests that passed them before.
//
// With -findings it only prints the findings, those with a fix marked by a plus. With
// -cost it prints the time and memory that alsvet takes, as key=value, and fails if that
// is more than 850 MB:
//
//	go run ./internal/fieldstudy -cost -only grpc
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A module of the study. Skip are tests that need what a build machine may not have;
// "*" skips all tests.
type module struct{ name, skip string }

// tuned are the modules that the rules were made with, in releases that Go 1.24 builds.
var tuned = []module{
	{"github.com/go-chi/chi/v5@v5.2.3", ""},
	{"github.com/gin-gonic/gin@v1.11.0", ""},
	{"github.com/hashicorp/raft@v1.7.3", "*"},   // they measure time
	{"github.com/nats-io/nats.go@v1.47.0", "*"}, // they need a server, as the next three do
	{"github.com/jackc/pgx/v5@v5.7.6", "*"},
	{"github.com/minio/minio-go/v7@v7.0.95", "*"},
	{"github.com/redis/go-redis/v9@v9.14.0", "*"},
	{"google.golang.org/grpc@v1.76.0", "*"}, // they take half an hour
}

// unseen are modules that a reader judged who had no part in the rules. Rules were changed
// for four of them since: gocql, watermill, river and franz-go.
var unseen = []module{
	{"github.com/ThreeDotsLabs/watermill@v1.5.1", "*"},
	{"github.com/centrifugal/centrifuge@v0.38.0", "*"},
	{"github.com/dgraph-io/badger/v4@v4.8.0", "*"},
	{"github.com/gocql/gocql@v1.7.0", "*"},
	{"github.com/riverqueue/river@v0.29.0", "*"},
	{"github.com/twmb/franz-go@v1.20.0", "*"},
	{"go.etcd.io/etcd/client/v3@v3.6.6", "*"},
	{"go.mongodb.org/mongo-driver/v2@v2.4.0", "*"},
}

// heldOut are modules that were judged before any rule was changed for their sake. Then
// some were.
var heldOut = []module{
	{"github.com/go-zookeeper/zk@v1.0.4", "*"},     // they need a server
	{"github.com/go-co-op/gocron/v2@v2.16.0", "*"}, // they measure time
	{"github.com/chromedp/chromedp@v0.13.6", "*"},  // they need a browser
	{"github.com/sourcegraph/conc@v0.3.0", ""},
	{"github.com/hibiken/asynq@v0.25.1", "*"},           // they need a server
	{"github.com/eclipse/paho.mqtt.golang@v1.5.0", "*"}, // they need a server
	{"github.com/IBM/sarama@v1.45.1", "*"},              // they take minutes
	{"github.com/hashicorp/serf@v0.10.2", "*"},          // they measure time
	{"github.com/hashicorp/consul/api@v1.32.1", "*"},    // they need a server
	{"github.com/segmentio/kafka-go@v0.4.51", "*"},      // they need a server
	{"github.com/hashicorp/memberlist@v0.5.3", "*"},     // they measure time
	{"github.com/redis/rueidis@v1.0.60", "*"},           // they need a server
	{"github.com/coder/websocket@v1.8.15", "*"},         // they need the network
	{"github.com/jackc/puddle/v2@v2.2.2", ""},
	{"github.com/labstack/echo/v4@v4.13.4", ""},
	{"github.com/gorilla/websocket@v1.5.3", ""},
	{"github.com/rabbitmq/amqp091-go@v1.10.0", "*"}, // they need a server
	{"github.com/hashicorp/yamux@v0.1.2", "*"},      // they measure time
	{"github.com/nsqio/go-nsq@v1.1.0", "*"},         // they need a server
	{"github.com/go-sql-driver/mysql@v1.9.3", "*"},  // they need a server
}

func main() {
	held := flag.Bool("heldout", false, "study the modules that were judged before the rules were made with them")
	un := flag.Bool("unseen", false, "study the modules of the second reader")
	only := flag.String("only", "", "study the modules whose path contains this")
	dir := flag.String("dir", "", "work in this directory and leave it, with the changed modules")
	list := flag.Bool("list", false, "print each finding")
	findings := flag.Bool("findings", false, "print each finding, and do no more")
	costs := flag.Bool("cost", false, "measure time and memory, and do no more")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "fieldstudy: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	modules := tuned
	switch {
	case *held:
		modules = heldOut
	case *un:
		modules = unseen
	}
	modules = slices.DeleteFunc(modules, func(m module) bool { return !strings.Contains(m.name, *only) })
	each := func(s *study, m module) error { return s.module(m, *findings) }
	if *costs {
		each = (*study).cost
	} else if !*findings {
		printHead()
	}
	if err := studies(modules, *dir, *list || *findings, each); err != nil {
		fmt.Fprintln(os.Stderr, "fieldstudy:", err)
		os.Exit(1)
	}
}

func printHead() {
	fmt.Println("| module | packages | " + strings.Join(names, " | ") + " | loops among them | left after -fix | tests, before and after |")
	fmt.Println("|---|---|" + strings.Repeat("---|", len(names)+3))
}

func studies(modules []module, work string, list bool, each func(*study, module) error) error {
	if work == "" {
		temp, err := os.MkdirTemp("", "fieldstudy")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		work = temp
	}
	root, err := command(".", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/seed-1938943e/goroutine")
	if err != nil {
		return err
	}
	s := &study{work: work, root: strings.TrimSpace(root), alsvet: filepath.Join(work, "alsvet"), list: list}
	if _, err := command(".", "go", "build", "-o", s.alsvet, "github.com/seed-1938943e/goroutine/cmd/alsvet"); err != nil {
		return err
	}
	var failed []error
	for _, m := range modules {
		if err := each(s, m); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", m.name, err))
		}
	}
	return errors.Join(failed...)
}
