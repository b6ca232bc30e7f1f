module github.com/robfig/cron

go 1.24.0
