package main

import (
	"fmt"
	"slices"
	"strings"
)

// A module of the study.
type module struct {
	path, version string
	packages      []string // those that count, as patterns of the go command
}

// A reading is a set of modules whose findings one reader judged.
type reading struct {
	name    string
	modules []module
}

// listed are the modules by reading. Of a large module only the packages behind it were
// judged. The first two readings were those of the rules' author: the modules that the
// rules were made with, in releases that Go 1.24 builds, and modules that were judged
// before any rule was changed for their sake.
var listed = []struct{ reading, modules string }{
	{"first", `
		github.com/go-chi/chi/v5@v5.2.3
		github.com/gin-gonic/gin@v1.11.0
		github.com/hashicorp/raft@v1.7.3
		github.com/nats-io/nats.go@v1.47.0
		github.com/jackc/pgx/v5@v5.7.6
		github.com/minio/minio-go/v7@v7.0.95
		github.com/redis/go-redis/v9@v9.14.0
		google.golang.org/grpc@v1.76.0`},
	{"heldout", `
		github.com/go-zookeeper/zk@v1.0.4
		github.com/go-co-op/gocron/v2@v2.16.0
		github.com/chromedp/chromedp@v0.13.6
		github.com/sourcegraph/conc@v0.3.0
		github.com/hibiken/asynq@v0.25.1
		github.com/eclipse/paho.mqtt.golang@v1.5.0
		github.com/IBM/sarama@v1.45.1
		github.com/hashicorp/serf@v0.10.2
		github.com/hashicorp/consul/api@v1.32.1
		github.com/segmentio/kafka-go@v0.4.51
		github.com/hashicorp/memberlist@v0.5.3
		github.com/redis/rueidis@v1.0.60
		github.com/coder/websocket@v1.8.15
		github.com/jackc/puddle/v2@v2.2.2
		github.com/labstack/echo/v4@v4.13.4
		github.com/gorilla/websocket@v1.5.3
		github.com/rabbitmq/amqp091-go@v1.10.0
		github.com/hashicorp/yamux@v0.1.2
		github.com/nsqio/go-nsq@v1.1.0
		github.com/go-sql-driver/mysql@v1.9.3`},
	{"second", `
		github.com/gocql/gocql@v1.7.0
		github.com/ThreeDotsLabs/watermill@v1.5.1
		github.com/riverqueue/river@v0.29.0
		github.com/twmb/franz-go@v1.20.0
		github.com/dgraph-io/badger/v4@v4.8.0
		go.etcd.io/etcd/client/v3@v3.6.6
		github.com/centrifugal/centrifuge@v0.38.0
		go.mongodb.org/mongo-driver/v2@v2.4.0
		go.temporal.io/sdk@v1.38.0
		go-micro.dev/v4@v4.11.0`},
	{"third", `
		github.com/hashicorp/go-plugin@v1.8.0
		github.com/valyala/fasthttp@v1.69.0
		github.com/aerospike/aerospike-client-go/v8@v8.5.0
		github.com/apache/pulsar-client-go@v0.19.0
		github.com/zeromicro/go-zero@v1.10.3
		github.com/cockroachdb/pebble@v1.1.5
		sigs.k8s.io/controller-runtime@v0.22.4`},
	{"fourth", `
		github.com/charmbracelet/bubbletea@v1.3.10
		storj.io/drpc@v1.0.0
		github.com/cschleiden/go-workflows@v1.2.0
		github.com/hashicorp/consul-template@v0.41.1
		github.com/apache/rocketmq-client-go/v2@v2.1.3-0.20251226070945-2173d070fd1b
		github.com/ydb-platform/ydb-go-sdk/v3@v3.156.1
		cloud.google.com/go/pubsub/v2@v2.9.0
		github.com/caddyserver/caddy/v2@v2.11.9
		github.com/gofiber/fiber/v2@v2.52.15
		github.com/bwmarrin/discordgo@v0.29.0
		github.com/reugn/go-quartz@v0.15.2
		github.com/olivere/elastic/v7@v7.0.32
		github.com/Azure/go-amqp@v1.7.0
		github.com/neo4j/neo4j-go-driver/v5@v5.28.4`},
	{"fifth", `
		github.com/cloudwego/hertz@v0.10.4
		github.com/go-kratos/kratos/v2@v2.8.3
		github.com/99designs/gqlgen@v0.17.98
		connectrpc.com/connect@v1.21.1
		github.com/graph-gophers/graphql-go@v1.11.0
		github.com/ClickHouse/clickhouse-go/v2@v2.51.0
		github.com/microsoft/go-mssqldb@v1.11.2
		github.com/dgraph-io/ristretto/v2@v2.4.2
		github.com/failsafe-go/failsafe-go@v0.9.8
		github.com/afex/hystrix-go@v0.0.0-20180502004556-fa1af6a1f4f5
		github.com/sourcegraph/jsonrpc2@v0.2.3
		github.com/go-kit/kit@v0.13.0
		github.com/acaloiaro/neoq@v0.72.2
		github.com/gammazero/workerpool@v1.3.0
		github.com/restic/restic@v0.10.0
		github.com/Shopify/toxiproxy/v2@v2.5.0
		github.com/grafana/dskit@v0.0.0-20260703122047-de1ec7541c44
		github.com/prometheus/alertmanager@v0.35.0
		github.com/getsentry/sentry-go@v0.50.0
		gopkg.in/telebot.v3@v3.3.8
		github.com/graph-gophers/dataloader/v7@v7.1.0
		github.com/tus/tusd/v2@v2.9.1
		github.com/go-redsync/redsync/v4@v4.18.1
		github.com/eapache/go-resiliency@v1.7.0
		go.mau.fi/whatsmeow@v0.0.0-20251217143725-11cf47c62d32
		github.com/slack-go/slack@v0.35.0`},
	{"sixth", `
		github.com/eclipse/paho.golang@v0.23.0
		miniflux.app/v2@v2.3.5
		github.com/tsenart/vegeta/v12@v12.13.0
		github.com/elazarl/goproxy@v1.9.4
		github.com/googollee/go-socket.io@v1.7.0
		github.com/livekit/psrpc@v0.8.2
		github.com/emersion/go-imap@v1.2.1
		github.com/go-pg/pg/v10@v10.11.0
		github.com/posthog/posthog-go@v1.5.2
		github.com/axllent/mailpit@v1.33.1
		github.com/graphql-go/graphql@v0.8.1
		github.com/pkg/sftp@v1.13.12
		github.com/thejerf/suture/v4@v4.0.6
		github.com/viccon/sturdyc@v1.1.5
		github.com/lib/pq@v1.12.3
		github.com/gocolly/colly/v2@v2.3.0
		github.com/open-feature/go-sdk@v1.20.0
		github.com/prometheus/statsd_exporter@v0.31.0
		github.com/r3labs/sse/v2@v2.10.0
		github.com/rakyll/hey@v0.1.5
		github.com/go-zeromq/zmq4@v0.17.0
		github.com/jellydator/ttlcache/v3@v3.4.1
		github.com/olahol/melody@v1.1.4
		github.com/distribution/distribution/v3@v3.1.2
		github.com/blevesearch/bleve/v2@v2.6.3
		github.com/openfga/openfga@v1.22.1 internal/authz internal/cachecontroller internal/check internal/graph internal/iterator internal/listobjects/pipeline internal/listobjects/pipeline/internal/worker pkg/server pkg/server/commands pkg/server/commands/listusers pkg/server/commands/reverseexpand`},
	{"seventh", `
		github.com/authzed/spicedb@v1.56.2 internal/datastore/memdb internal/datastore/proxy internal/datastore/proxy/schemacaching internal/dispatch/remote internal/dispatch/singleflight internal/graph internal/services/v1 internal/taskrunner pkg/schemadsl/lexer pkg/x509util
		github.com/coredns/coredns@v1.15.0 plugin/cache plugin/forward plugin/pkg/... plugin/transfer
		github.com/mark3labs/mcp-go@v1.2.1 server/...
		github.com/cloudevents/sdk-go/v2@v2.16.2 . binding/... client protocol/...
		github.com/snowflakedb/gosnowflake@v1.19.1
		github.com/tmc/langchaingo@v0.1.14
		github.com/go-git/go-git/v5@v5.19.3
		github.com/quic-go/quic-go@v0.65.0
		github.com/asynkron/protoactor-go@v0.0.0-20240822202345-3c0e61ca19c9
		github.com/maypok86/otter/v2@v2.4.0
		github.com/golang-migrate/migrate/v4@v4.20.1 .
		github.com/rclone/rclone@v1.76.0 fs/...
		github.com/launchdarkly/go-server-sdk/v7@v7.14.6
		github.com/trinodb/trino-go-client@v1.1.0
		github.com/centrifugal/centrifuge-go@v0.12.1
		github.com/go-task/task/v3@v3.54.0
		github.com/vgarvardt/gue/v5@v5.8.0
		github.com/google/go-containerregistry@v0.22.1`},
	{"eighth", `
		github.com/xtaci/kcp-go/v5@v5.7.5
		go.etcd.io/raft/v3@v3.7.0
		github.com/samber/lo@v1.53.0
		github.com/seaweedfs/raft@v1.2.4
		mellium.im/xmpp@v0.22.0
		github.com/tikv/client-go/v2@v2.0.4
		github.com/mxschmitt/playwright-go@v0.6401.0
		gosrc.io/xmpp@v0.5.1
		github.com/emersion/go-smtp@v0.25.1
		github.com/envoyproxy/go-control-plane@v0.14.0
		github.com/hashicorp/go-memdb@v1.3.5
		github.com/hashicorp/terraform-plugin-sdk/v2@v2.40.1
		filippo.io/torchwood@v0.6.1
		github.com/ory/dockertest/v3@v3.12.0
		github.com/panjf2000/ants/v2@v2.12.1
		github.com/syndtr/goleveldb@v1.0.0`},
	{"ninth", `
		github.com/pion/webrtc/v3@v3.3.6
		github.com/hashicorp/mdns@v1.0.7
		github.com/lxzan/gws@v1.8.9
		github.com/temporalio/ringpop-go@v0.1.3
		github.com/klauspost/compress@v1.20.4
		github.com/launchdarkly/eventsource@v1.11.0
		github.com/hashicorp/terraform-exec@v0.26.0
		github.com/tidwall/evio@v1.0.8
		github.com/modelcontextprotocol/go-sdk@v1.8.0
		github.com/miekg/dns@v1.1.73
		github.com/streadway/amqp@v1.1.0
		github.com/anthropics/anthropic-sdk-go@v1.84.0`},
	{"tenth", `
		github.com/gdamore/tcell/v2@v2.13.10
		github.com/securego/gosec/v2@v2.30.0
		k8s.io/dynamic-resource-allocation@v0.37.2
		github.com/hanwen/go-fuse/v2@v2.12.1
		github.com/VictoriaMetrics/VictoriaLogs@v1.52.1
		cloud.google.com/go/storage@v1.70.0
		github.com/alicebob/miniredis/v2@v2.40.0
		github.com/plgd-dev/go-coap/v3@v3.8.0
		github.com/cloudflare/tableflip@v1.2.3
		github.com/lesismal/llib@v1.2.5
		bazil.org/fuse@v0.0.0-20230120002735-62a210ff1fd5
		github.com/danielgtaylor/huma/v2@v2.37.2
		github.com/smnsjas/go-psrpcore@v0.0.0-20251230190552-63d922dacbb3
		golang.org/x/exp@v0.0.0-20261113113407-e3970619a1a4
		github.com/pierrec/lz4/v4@v4.1.33
		github.com/evilmartians/lefthook@v1.13.6
		github.com/codesenberg/bombardier@v1.2.6
		github.com/klauspost/reedsolomon@v1.14.2
		github.com/rogpeppe/go-internal@v1.16.0
		github.com/blevesearch/zapx/v17@v17.2.5
		fyne.io/fyne/v2@v2.7.1
		github.com/stretchr/testify@v1.12.1
		github.com/formancehq/numscript@v0.2.0
		github.com/RoaringBitmap/roaring/v2@v2.30.0
		github.com/a-h/templ@v0.3.1100
		gorgonia.org/gorgonia@v0.9.18
		github.com/chzyer/readline@v1.5.1
		github.com/digitalocean/go-libvirt@v0.0.0-20261013170128-efbbdf578ac8
		gioui.org@v0.10.3`},
}

// tested are the modules whose tests need no server, network or browser, and do not
// measure time.
var tested = []string{
	"github.com/go-chi/chi/v5",
	"github.com/gin-gonic/gin",
	"github.com/sourcegraph/conc",
	"github.com/jackc/puddle/v2",
	"github.com/labstack/echo/v4",
	"github.com/gorilla/websocket",
}

// String returns the module as the go command writes it.
func (m module) String() string { return m.path + "@" + m.version }

// name returns the path as the verdicts have it.
func (m module) name() string { return strings.TrimPrefix(m.path, "github.com/") }

func (m module) hasTests() bool { return slices.Contains(tested, m.path) }

// readings returns the reading of that name, or all for "", with only the modules whose
// path contains a text.
func readings(name, only string) ([]reading, error) {
	var found []reading
	for _, l := range listed {
		if name == "" || name == l.reading {
			found = append(found, reading{l.reading, modules(l.modules, only)})
		}
	}
	if found == nil {
		return nil, fmt.Errorf("there is no reading %q", name)
	}
	return slices.DeleteFunc(found, func(r reading) bool { return len(r.modules) == 0 }), nil
}

// modules reads one module a line.
func modules(text, only string) (found []module) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || !strings.Contains(fields[0], only) {
			continue
		}
		m := module{packages: []string{"./..."}}
		m.path, m.version, _ = strings.Cut(fields[0], "@")
		if len(fields) > 1 {
			m.packages = nil
			for _, pkg := range fields[1:] {
				m.packages = append(m.packages, "./"+pkg)
			}
		}
		found = append(found, m)
	}
	return found
}
