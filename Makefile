# Wrappers for those who think in make. Everything is done by build.sh; `make help` lists its targets.
# Parameters go through ARGS: make deploy-local ARGS="--http-port 8080"
#   make exec ARGS='--destination staging --command "bin/tool --all"'

.PHONY: help build test format deploy-local deploy-staging deploy-production preview rollback status logs exec audit maintenance live prune remove accessory-reboot accessory-remove setup preview-setup pin-host-keys benchmark

help:
	@./build.sh --help

build:
	@./build.sh Compile $(ARGS)

test:
	@./build.sh Test $(ARGS)

format:
	@./build.sh Format $(ARGS)

deploy-local:
	@./build.sh DeployLocal $(ARGS)

deploy-staging:
	@./build.sh DeployStaging $(ARGS)

deploy-production:
	@./build.sh DeployProduction $(ARGS)

preview:
	@./build.sh Preview $(ARGS)

rollback:
	@./build.sh Rollback $(ARGS)

status:
	@./build.sh Status $(ARGS)

logs:
	@./build.sh Logs $(ARGS)

exec:
	@./build.sh Exec $(ARGS)

maintenance:
	@./build.sh Maintenance $(ARGS)

live:
	@./build.sh Live $(ARGS)

prune:
	@./build.sh Prune $(ARGS)

preview-setup:
	@./build.sh PreviewServerSetup $(ARGS)

setup:
	@./build.sh ServerSetup $(ARGS)

pin-host-keys:
	@./build.sh PinHostKeys $(ARGS)

accessory-reboot:
	@./build.sh AccessoryReboot $(ARGS)

accessory-remove:
	@./build.sh AccessoryRemove $(ARGS)

audit:
	@./build.sh Audit $(ARGS)

remove:
	@./build.sh Remove $(ARGS)

benchmark:
	@./build.sh Benchmark $(ARGS)
