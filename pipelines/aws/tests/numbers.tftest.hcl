# Names, numbers and rights, without an account: the provider is mocked, so that what is
# asserted is what Terraform would ask AWS for.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  # The provider renders documents; a mocked one needs some valid text.
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/mock" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:mock" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:mock" }
  }
  mock_resource "aws_lambda_function" {
    defaults = {
      arn        = "arn:aws:lambda:eu-central-1:123456789012:function:mock"
      invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:mock/invocations"
    }
  }
  mock_resource "aws_appautoscaling_policy" {
    defaults = { arn = "arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:mock" }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:mock" }
  }
  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/mock:1" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mock" }
  }
  mock_resource "aws_ecr_repository" {
    defaults = {
      arn            = "arn:aws:ecr:eu-central-1:123456789012:repository/mock"
      repository_url = "registry.example/vidqc"
    }
  }
}

# Different ARNs, so that a right on the wrong thing shows.
override_resource {
  target = aws_s3_bucket.clips
  values = { arn = "arn:aws:s3:::clips", id = "clips" }
}
override_resource {
  target = aws_s3_bucket.models
  values = { arn = "arn:aws:s3:::models", id = "models" }
}
override_resource {
  target = aws_sqs_queue.jobs
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:jobs", url = "https://sqs/jobs", id = "https://sqs/jobs" }
}
override_resource {
  target = aws_sqs_queue.dead
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:dead", url = "https://sqs/dead", id = "https://sqs/dead" }
}
override_resource {
  target = aws_dynamodb_table.results
  values = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/results" }
}

variables {
  environment        = "staging"
  image_tag          = "0123456789abcdef0123456789abcdef01234567"
  monthly_budget_usd = 100
}

# Each run starts the provider, which takes two seconds: there are as few as can be.

run "as_it_is" {
  # ---- network ----
  assert {
    condition     = length(aws_subnet.private) == 2 && length(aws_subnet.public) == 2
    error_message = "two zones, each with a private and a public subnet"
  }
  assert {
    condition     = length(distinct([for s in concat(values(aws_subnet.private), values(aws_subnet.public)) : s.cidr_block])) == 4
    error_message = "four different ranges"
  }
  assert {
    condition     = alltrue([for s in concat(values(aws_subnet.private), values(aws_subnet.public)) : !s.map_public_ip_on_launch])
    error_message = "no public address by itself"
  }
  assert {
    condition     = toset(keys(aws_vpc_endpoint.gateway)) == toset(["s3", "dynamodb"]) && length(aws_vpc_endpoint.interface) == 0
    error_message = "gateway endpoints for S3 and DynamoDB, interface endpoints only when asked for"
  }
  assert {
    condition     = length(aws_nat_gateway.main) == 1
    error_message = "one NAT gateway by default"
  }
  assert {
    condition = alltrue([
      !aws_ecs_service.worker.network_configuration[0].assign_public_ip,
      aws_ecs_service.worker.network_configuration[0].subnets == toset([for s in aws_subnet.private : s.id]),
    ])
    error_message = "tasks in the private subnets, without a public address"
  }

  # ---- buckets ----
  assert {
    condition     = aws_s3_bucket.clips.bucket == "vidqc-clips-staging" && aws_s3_bucket.models.bucket == "vidqc-models-staging"
    error_message = "names"
  }
  assert {
    condition = alltrue([for k in ["clips", "models"] : alltrue([
      aws_s3_bucket_public_access_block.main[k].block_public_acls,
      aws_s3_bucket_public_access_block.main[k].block_public_policy,
      aws_s3_bucket_public_access_block.main[k].ignore_public_acls,
      aws_s3_bucket_public_access_block.main[k].restrict_public_buckets,
    ])])
    error_message = "nothing public"
  }
  assert {
    condition = alltrue([for d in values(data.aws_iam_policy_document.bucket) : (
      d.statement[0].effect == "Deny" && d.statement[0].actions == toset(["s3:*"])
      && one(d.statement[0].condition).variable == "aws:SecureTransport" && one(one(d.statement[0].condition).values) == "false"
    )])
    error_message = "TLS only"
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.main["clips"].rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "encrypted"
  }
  assert {
    condition = (
      one(aws_s3_bucket_lifecycle_configuration.clips.rule[0].expiration[*]).days == 30
      && one(aws_s3_bucket_lifecycle_configuration.clips.rule[0].abort_incomplete_multipart_upload[*]).days_after_initiation == 1
    )
    error_message = "clips go after 30 days, parts of uploads after one"
  }
  assert {
    condition     = aws_s3_bucket_versioning.models.versioning_configuration[0].status == "Enabled"
    error_message = "models are versioned"
  }
  assert {
    condition     = one(aws_s3_bucket_cors_configuration.clips[0].cors_rule).allowed_methods == toset(["PUT"])
    error_message = "pages may upload and no more"
  }
  assert {
    condition = (
      aws_s3_bucket_notification.clips.lambda_function[0].filter_prefix == "uploads/"
      && aws_s3_bucket_notification.clips.lambda_function[0].events == toset(["s3:ObjectCreated:*"])
      && aws_lambda_permission.s3.source_account == "123456789012"
    )
    error_message = "an upload reaches the router, from this account only"
  }

  # ---- queue and table ----
  assert {
    condition = (
      aws_sqs_queue.jobs.name == "vidqc-jobs-staging" && aws_sqs_queue.dead.name == "vidqc-jobs-staging-dlq"
      && aws_sqs_queue.jobs.visibility_timeout_seconds == 120 && aws_sqs_queue.jobs.receive_wait_time_seconds == 20
      && aws_sqs_queue.jobs.sqs_managed_sse_enabled && aws_sqs_queue.dead.sqs_managed_sse_enabled
    )
    error_message = "visible again after 120 s, long poll, encrypted"
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.jobs.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 }
    error_message = "a dead letter after three receives"
  }
  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead.redrive_allow_policy).sourceQueueArns == [aws_sqs_queue.jobs.arn]
    error_message = "and of no other queue"
  }
  assert {
    condition     = aws_sqs_queue.dead.message_retention_seconds > aws_sqs_queue.jobs.message_retention_seconds
    error_message = "dead letters live longer than jobs, whose age they keep"
  }
  assert {
    condition = (
      aws_dynamodb_table.results.name == "vidqc-results-staging" && aws_dynamodb_table.results.hash_key == "job_id"
      && aws_dynamodb_table.results.billing_mode == "PAY_PER_REQUEST"
      && one(aws_dynamodb_table.results.ttl).attribute_name == "expires_at" && one(aws_dynamodb_table.results.ttl).enabled
      && one(aws_dynamodb_table.results.point_in_time_recovery).enabled
    )
    error_message = "on demand, with TTL and point-in-time recovery"
  }

  # ---- image ----
  assert {
    condition     = aws_ecr_repository.vidqc.image_tag_mutability == "IMMUTABLE" && one(aws_ecr_repository.vidqc.image_scanning_configuration).scan_on_push
    error_message = "immutable tags, scanned"
  }
  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.vidqc.policy).rules[0].selection.countNumber == 30
    error_message = "the last 30 are kept"
  }
  assert {
    condition = (
      aws_lambda_function.router.image_uri == "registry.example/vidqc:0123456789abcdef0123456789abcdef01234567"
      && jsondecode(aws_ecs_task_definition.worker.container_definitions)[0].image == aws_lambda_function.router.image_uri
    )
    error_message = "worker and router are the same image"
  }

  # ---- worker ----
  assert {
    condition = (
      aws_ecs_task_definition.worker.cpu == "2048" && aws_ecs_task_definition.worker.memory == "4096"
      && aws_ecs_task_definition.worker.requires_compatibilities == toset(["FARGATE"])
    )
    error_message = "2 vCPU, 4 GB, Fargate"
  }
  assert {
    condition = alltrue([for c in jsondecode(aws_ecs_task_definition.worker.container_definitions) : (
      c.readonlyRootFilesystem && c.user == "10001:10001" && c.command == ["worker", "--workers", "2", "--visibility", "120", "--stop-timeout", "100"] && c.stopTimeout == 120
      && c.linuxParameters.capabilities.drop == ["ALL"] && length(c.healthCheck.command) > 1
      && c.mountPoints[0].containerPath == "/tmp" && c.logConfiguration.options.awslogs-group == "/ecs/vidqc-worker"
    )])
    error_message = "read-only root, no root user, no capability, health check, its log"
  }
  assert {
    condition = {
      for e in jsondecode(aws_ecs_task_definition.worker.container_definitions)[0].environment : e.name => e.value
      } == {
      AWS_REGION            = "eu-central-1"
      VIDQC_QUEUE_URL       = "https://sqs/jobs"
      VIDQC_CLIPS_BUCKET    = "clips"
      VIDQC_MODELS_BUCKET   = "models"
      VIDQC_RESULTS_TABLE   = "vidqc-results-staging"
      VIDQC_ALLOWED_BUCKETS = ""
    }
    error_message = "the worker's environment"
  }
  assert {
    condition = (
      aws_ecs_service.worker.deployment_minimum_healthy_percent == 100
      && one(aws_ecs_service.worker.deployment_circuit_breaker).enable && one(aws_ecs_service.worker.deployment_circuit_breaker).rollback
    )
    error_message = "what runs keeps running while a rollout does, and a bad one is taken back"
  }

  # ---- scaling ----
  assert {
    condition     = aws_appautoscaling_target.worker.min_capacity == 0 && aws_appautoscaling_target.worker.max_capacity == 10
    error_message = "none to ten tasks"
  }
  assert {
    condition     = one(aws_appautoscaling_policy.backlog.target_tracking_scaling_policy_configuration).target_value == jsondecode(file("./scaling.json")).backlog_per_task
    error_message = "the target is the simulation's"
  }
  # A sample that finds the queue empty between two jobs must not end every task.
  assert {
    condition = {
      for m in one(one(aws_appautoscaling_policy.backlog.target_tracking_scaling_policy_configuration).customized_metric_specification).metrics :
      m.id => m.expression == null ? "${one(m.metric_stat).stat} ${one(one(m.metric_stat).metric).metric_name}" : m.expression
      } == {
      waiting = "Average ApproximateNumberOfMessagesVisible"
      working = "Average ApproximateNumberOfMessagesNotVisible"
      sent    = "Sum NumberOfMessagesSent"
      running = "Average RunningTaskCount"
      jobs    = "FILL(waiting, 0) + FILL(working, 0)"
      backlog = "IF(FILL(sent, 0) > 0 AND jobs < 1, 1, jobs) / IF(FILL(running, 0) > 0, FILL(running, 0), 1)"
    }
    error_message = "jobs for each task, and one at least while jobs come"
  }
  assert {
    condition = (
      one(aws_appautoscaling_policy.from_zero.step_scaling_policy_configuration).adjustment_type == "ExactCapacity"
      && toset([for s in one(aws_appautoscaling_policy.from_zero.step_scaling_policy_configuration).step_adjustment : s.scaling_adjustment]) == toset([1, 3, 10])
    )
    error_message = "from zero to a number, not by one"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.from_zero.alarm_actions == toset([aws_appautoscaling_policy.from_zero.arn]) && aws_cloudwatch_metric_alarm.from_zero.threshold == 1
    error_message = "one waiting job is enough"
  }

  # ---- lost uploads ----
  # An event of S3 that fails is tried again and kept.
  assert {
    condition = (
      aws_lambda_function_event_invoke_config.router.maximum_retry_attempts == 2
      && one(one(aws_lambda_function_event_invoke_config.router.destination_config).on_failure).destination == aws_sqs_queue.dead.arn
      && data.aws_iam_policy_document.router_failures.statement[0].actions == toset(["sqs:SendMessage"])
      && data.aws_iam_policy_document.router_failures.statement[0].resources == toset([aws_sqs_queue.dead.arn])
    )
    error_message = "an upload's event is tried three times and then a dead letter"
  }

  # ---- api ----
  assert {
    condition     = aws_lambda_function.router.package_type == "Image" && aws_lambda_function.router.timeout == 28
    error_message = "the router is the image and gives up before the gateway does"
  }
  assert {
    condition     = toset(keys(jsondecode(aws_api_gateway_rest_api.main.body).paths)) == toset(["/predict", "/predict/{job_id}", "/batch"])
    error_message = "the router's paths and no others"
  }
  assert {
    condition = alltrue(flatten([for item in values(jsondecode(aws_api_gateway_rest_api.main.body).paths) : [
      for method, operation in item : operation.security == [{ api_key = [] }] && operation.x-amazon-apigateway-integration.type == "aws_proxy"
      if method != "options"
    ]]))
    error_message = "every method needs a key and goes to the router"
  }
  # A browser asks without a key.
  assert {
    condition = {
      for path, item in jsondecode(aws_api_gateway_rest_api.main.body).paths : path =>
      item.options.x-amazon-apigateway-integration.responses.default.responseParameters["method.response.header.Access-Control-Allow-Methods"]
      if item.options.x-amazon-apigateway-integration.type == "mock" && !contains(keys(item.options), "security")
    } == { "/predict" = "'POST'", "/predict/{job_id}" = "'GET'", "/batch" = "'POST'" }
    error_message = "the gateway tells browsers what pages may ask"
  }
  assert {
    condition = alltrue([
      for item in values(jsondecode(aws_api_gateway_rest_api.main.body).paths) :
      toset(keys(item.options.responses["204"].headers)) == toset([
        for k in keys(item.options.x-amazon-apigateway-integration.responses.default.responseParameters) : trimprefix(k, "method.response.header.")
      ])
    ])
    error_message = "and declares each header that it sends"
  }
  assert {
    condition = alltrue([
      for r in values(jsondecode(aws_api_gateway_rest_api.main.body).x-amazon-apigateway-gateway-responses) :
      r.responseParameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
      && can(jsondecode(replace(replace(r.responseTemplates["application/json"], "$context.error.messageString", "\"x\""), "/[$]context[.a-zA-Z]+/", "x")).code)
    ])
    error_message = "pages can read what the gateway refuses, and it is a problem with a code"
  }
  assert {
    condition     = one(aws_lambda_function.router.environment).variables.VIDQC_ALLOWED_ORIGINS == "*"
    error_message = "and what the router answers"
  }
  assert {
    condition     = contains(jsondecode(aws_api_gateway_rest_api.main.body).x-amazon-apigateway-binary-media-types, "video/mp4") && !contains(jsondecode(aws_api_gateway_rest_api.main.body).x-amazon-apigateway-binary-media-types, "application/json")
    error_message = "videos are binary, JSON is not"
  }
  assert {
    condition = (
      one(aws_api_gateway_method_settings.all.settings).throttling_rate_limit == 20
      && one(aws_api_gateway_usage_plan.main.throttle_settings).rate_limit == 20
      && one(aws_api_gateway_usage_plan.main.quota_settings).period == "DAY"
      && !one(aws_api_gateway_method_settings.all.settings).data_trace_enabled
    )
    error_message = "throttled, and bodies are not logged"
  }
  assert {
    condition     = !strcontains(one(aws_api_gateway_stage.main.access_log_settings).format, "context.identity.apiKey\"")
    error_message = "the access log has the key's id, not the key"
  }
  assert {
    condition     = length(aws_cognito_user_pool.main) == 0
    error_message = "no user pool with keys"
  }

  # ---- alarms ----
  assert {
    condition = {
      for k, a in aws_cloudwatch_metric_alarm.plain : k => a.threshold
    } == { latency = 90, dead-letters = 0, oldest-message = 600, router-errors = 0, router-throttles = 0, api-errors = 0.05, lost-events = 0 }
    error_message = "p99 above 90 s, any dead letter or lost event, an old message, failing answers, a broken or throttled router"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.plain["latency"].extended_statistic == "p99" && aws_cloudwatch_metric_alarm.plain["latency"].namespace == "vidqc"
    error_message = "latency is the worker's p99"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.error_rate.threshold == 5 && aws_cloudwatch_metric_alarm.no_tasks.evaluation_periods == 10
    error_message = "5 % of jobs; ten minutes without a task"
  }
  assert {
    condition     = aws_cloudwatch_log_group.worker.name == "/ecs/vidqc-worker" && aws_cloudwatch_log_group.router.name == "/lambda/vidqc-router"
    error_message = "log groups"
  }
  assert {
    condition     = alltrue([for g in [aws_cloudwatch_log_group.worker, aws_cloudwatch_log_group.router, aws_cloudwatch_log_group.api, aws_cloudwatch_log_group.flow] : g.retention_in_days == 30])
    error_message = "which do not grow for ever"
  }
  assert {
    condition     = aws_budgets_budget.monthly.limit_amount == "100" && length(aws_budgets_budget.monthly.notification) == 2
    error_message = "the budget warns twice"
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets) == 8
    error_message = "the dashboard"
  }
}

# Each of these is a matter of its own.
run "all_that_can_be_chosen" {
  variables {
    nat_gateways        = 2
    interface_endpoints = true
    clip_retention_days = 7
    bucket_suffix       = "-example"
    upload_origins      = []
    model_key           = "v2/model.json"
    model_sha256        = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    max_tasks           = 35
    auth                = "cognito"
    allowed_buckets     = ["more-clips"]
    github_repository   = "example/vidqc"
    region              = "eu-west-1"
  }

  # ---- two nat gateways and endpoints ----
  assert {
    condition     = length(aws_nat_gateway.main) == 2 && aws_route.nat["0"].nat_gateway_id != aws_route.nat["1"].nat_gateway_id
    error_message = "each zone its own way out"
  }
  assert {
    condition     = alltrue([for e in aws_vpc_endpoint.interface : e.private_dns_enabled]) && length(aws_vpc_endpoint.interface) == 5
    error_message = "five interface endpoints under AWS's own names"
  }

  # ---- retention and suffix ----
  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.clips.rule[0].expiration[*]).days == 7
    error_message = "retention is configurable"
  }
  assert {
    condition     = aws_s3_bucket.clips.bucket == "vidqc-clips-staging-example"
    error_message = "the suffix is in the name"
  }
  assert {
    condition = (
      length(aws_s3_bucket_cors_configuration.clips) == 0
      && !contains(flatten([for item in values(jsondecode(aws_api_gateway_rest_api.main.body).paths) : keys(item)]), "options")
      && !strcontains(aws_api_gateway_rest_api.main.body, "Access-Control")
      && one(aws_lambda_function.router.environment).variables.VIDQC_ALLOWED_ORIGINS == ""
    )
    error_message = "no origin, no CORS"
  }

  # ---- a model of its own ----
  assert {
    condition     = aws_ssm_parameter.main["model"].value == "s3://vidqc-models-staging-example/v2/model.json" && aws_ssm_parameter.main["model"].name == "/vidqc/staging/model"
    error_message = "the model's place is a parameter"
  }
  assert {
    condition     = toset([for s in jsondecode(aws_ecs_task_definition.worker.container_definitions)[0].secrets : s.name]) == toset(["VIDQC_MODEL", "VIDQC_MODEL_SHA256"])
    error_message = "which a task reads with its checksum when it starts"
  }

  # ---- more workers ----
  assert {
    condition     = aws_appautoscaling_target.worker.max_capacity == 35
    error_message = "an environment may have another limit"
  }

  # ---- cognito ----
  assert {
    condition = (
      jsondecode(aws_api_gateway_rest_api.main.body).paths["/batch"].post.security == [{ cognito = [] }]
      && jsondecode(aws_api_gateway_rest_api.main.body).components.securitySchemes.cognito.x-amazon-apigateway-authtype == "cognito_user_pools"
    )
    error_message = "every method needs a user of the pool"
  }
  assert {
    condition     = aws_cognito_user_pool.main[0].admin_create_user_config[0].allow_admin_create_user_only && !aws_cognito_user_pool_client.main[0].generate_secret
    error_message = "nobody signs up alone, and there is no secret for the state"
  }

  # ---- rights ----
  assert {
    condition = alltrue(flatten([for p in [aws_iam_role_policy.worker.policy, aws_iam_role_policy.router.policy] : [
      for s in jsondecode(p).Statement : [
        for r in flatten([s.Resource]) : startswith(r, "arn:") && r != "*"
      ]
    ]]))
    error_message = "worker and router name what they use"
  }
  assert {
    condition = alltrue(flatten([for p in [aws_iam_role_policy.worker.policy, aws_iam_role_policy.router.policy] : [
      for s in jsondecode(p).Statement : [
        for a in flatten([s.Action]) : !strcontains(a, "*") && s.Effect == "Allow"
      ]
    ]]))
    error_message = "and what they do with it"
  }
  assert {
    condition     = !contains(flatten([for s in jsondecode(aws_iam_role_policy.router.policy).Statement : s.Action]), "sqs:ReceiveMessage") && !contains(flatten([for s in jsondecode(aws_iam_role_policy.worker.policy).Statement : s.Action]), "s3:PutObject")
    error_message = "the router takes no jobs, the worker stores no clips"
  }
  assert {
    condition     = strcontains(aws_iam_role_policy.worker.policy, "arn:aws:s3:::more-clips")
    error_message = "a further bucket may be read"
  }
  assert {
    condition = toset(flatten([
      for s in data.aws_iam_policy_document.execution.statement : s.actions if contains(s.resources, "*")
    ])) == toset(["ecr:GetAuthorizationToken"])
    error_message = "only the registry's token has no resource"
  }
  assert {
    condition = alltrue([for r in [aws_iam_role.worker, aws_iam_role.execution, aws_iam_role.router, aws_iam_role.flow] :
    r.permissions_boundary == aws_iam_policy.boundary.arn])
    error_message = "every role of the service has the boundary"
  }

  # ---- deployment role ----
  assert {
    condition = contains(flatten([
      for c in data.aws_iam_policy_document.deploy_assume[0].statement[0].condition : c.values
    ]), "repo:example/vidqc:environment:staging")
    error_message = "only this repository's jobs in this environment"
  }
  assert {
    condition = alltrue([
      for s in data.aws_iam_policy_document.deploy[0].statement :
      !contains(s.resources, "*") || s.sid == "Registry" || length(s.condition) > 0
    ])
    error_message = "what has no name is bound to the region"
  }
  assert {
    condition = alltrue([
      for s in data.aws_iam_policy_document.deploy[0].statement :
      contains([for c in s.condition : c.variable], "iam:PermissionsBoundary") if contains(s.actions, "iam:CreateRole")
    ])
    error_message = "roles only with the boundary"
  }

  # Only the smoke test, which has rights of IAM, may ask for a session without SRP.
  assert {
    condition = (
      one([for s in data.aws_iam_policy_document.deploy[0].statement : s.resources if s.sid == "SmokeUser"]) == toset([aws_cognito_user_pool.main[0].arn])
      && aws_cognito_user_pool_client.main[0].explicit_auth_flows == toset(["ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    )
    error_message = "the smoke test's user is of this pool alone"
  }
  assert {
    condition = contains(flatten([
      for s in data.aws_iam_policy_document.deploy[0].statement : tolist(s.resources) if contains(s.actions, "cloudwatch:*")
    ]), "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:TargetTracking-service/vidqc-*")
    error_message = "a deployment may change the alarms of target tracking"
  }

  # ---- a second region ----
  # What is the account's in all regions must have the region in its name.
  assert {
    condition = alltrue([
      for name in [
        aws_iam_role.worker.name, aws_iam_role.execution.name, aws_iam_role.router.name, aws_iam_role.flow.name,
        aws_iam_role.gateway.name, aws_iam_role.deploy[0].name, aws_iam_policy.boundary.name,
        aws_cloudwatch_dashboard.main.dashboard_name, aws_budgets_budget.monthly.name,
      ] : startswith(name, "vidqc-") && endswith(name, "-staging-eu-west-1")
    ])
    error_message = "a second region meets no name of the first"
  }
  assert {
    condition = alltrue(flatten([
      for s in data.aws_iam_policy_document.deploy[0].statement : [
        for r in s.resources : endswith(r, "-staging-eu-west-1") if strcontains(r, ":role/") && !strcontains(r, "*")
      ]
    ]))
    error_message = "and a deployment makes roles of its region alone"
  }
}

# Every variable that has a rule, each with a value that breaks it.
run "what_is_refused" {
  command = plan
  variables {
    environment         = "test"
    image_tag           = "latest"
    model_key           = "model.json"
    github_repository   = "example/*"
    nat_gateways        = 3
    zones               = ["a", "a"]
    auth                = "none"
    clip_retention_days = 0
    allowed_buckets     = ["s3://clips"]
    bucket_suffix       = "_X"
    max_tasks           = 0.5
  }
  expect_failures = [
    var.environment,
    var.image_tag,
    var.model_sha256,
    var.github_repository,
    var.nat_gateways,
    var.zones,
    var.auth,
    var.clip_retention_days,
    var.allowed_buckets,
    var.bucket_suffix,
    var.max_tasks,
  ]
}
