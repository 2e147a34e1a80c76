# One image, two commands: the worker on Fargate, the router in Lambda.

resource "aws_ecr_repository" "vidqc" {
  #checkov:skip=CKV_AWS_136:Encrypted with S3's own keys; the image is built from a public repository.
  name                 = local.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.deletion_protection

  # deploy moves the tag latest by taking it off one image and putting it on another, which an
  # immutable repository allows; no push can change what a SHA stands for.
  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "vidqc" {
  repository = aws_ecr_repository.vidqc.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "keep the last 30"
      selection = {
        tagStatus   = "any"
        countType   = "imageCountMoreThan"
        countNumber = 30
      }
      action = { type = "expire" }
    }]
  })
}

# Lambda fetches the image with the repository's leave, not with the function's role.
data "aws_iam_policy_document" "ecr" {
  statement {
    sid     = "LambdaPulls"
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.router_arn]
    }
  }
}

resource "aws_ecr_repository_policy" "vidqc" {
  repository = aws_ecr_repository.vidqc.name
  policy     = data.aws_iam_policy_document.ecr.json
}

locals {
  image      = "${aws_ecr_repository.vidqc.repository_url}:${var.image_tag}"
  router     = "vidqc-router-${var.environment}"
  router_arn = "arn:${local.partition}:lambda:${var.region}:${local.account}:function:${local.router}"

  # What the programs are told, in the words of vidqc-worker(1) and vidqc-router(1).
  program_environment = {
    VIDQC_QUEUE_URL       = aws_sqs_queue.jobs.url
    VIDQC_CLIPS_BUCKET    = aws_s3_bucket.clips.id
    VIDQC_RESULTS_TABLE   = aws_dynamodb_table.results.name
    VIDQC_ALLOWED_BUCKETS = join(" ", var.allowed_buckets)
  }
  worker_environment = merge(local.program_environment, {
    AWS_REGION          = var.region
    VIDQC_MODELS_BUCKET = aws_s3_bucket.models.id
  })
  # Lambda itself tells the region.
  router_environment = merge(local.program_environment, {
    VIDQC_ALLOWED_ORIGINS = join(" ", var.upload_origins)
  })
  model_secrets = local.model_uri == "" ? {} : {
    VIDQC_MODEL        = aws_ssm_parameter.main["model"].arn
    VIDQC_MODEL_SHA256 = aws_ssm_parameter.main["model_sha256"].arn
  }
}

resource "aws_ecs_cluster" "main" {
  name = local.name

  # RunningTaskCount, which scaling and an alarm divide by and look at, comes from here.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "worker" {
  family                   = "vidqc-worker-${var.environment}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = local.scaling.task_cpu
  memory                   = local.scaling.task_memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.worker.arn

  # Old revisions stay, so that ECS can go back to one.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  # The only place that a worker writes to.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name      = "worker"
    image     = local.image
    essential = true
    command = [
      "worker", "--workers", tostring(local.scaling.clips_at_once),
      "--visibility", tostring(local.scaling.visibility_timeout), "--stop-timeout", "100",
    ]
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    # The longest that Fargate waits; the worker itself gives back what it cannot end in 100 s.
    stopTimeout = 120
    linuxParameters = {
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
    }
    mountPoints = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    environment = [for k, v in local.worker_environment : { name = k, value = v }]
    secrets     = [for k, arn in local.model_secrets : { name = k, valueFrom = arn }]
    healthCheck = {
      command     = ["CMD", "vidqc", "worker", "--check-health"]
      interval    = 30
      timeout     = 10
      retries     = 3
      startPeriod = 60
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.worker.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "worker"
      }
    }
  }])
}

resource "aws_ecs_service" "worker" {
  name            = "vidqc-worker"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.worker.arn
  launch_type     = "FARGATE"
  desired_count   = local.scaling.min_tasks
  propagate_tags  = "SERVICE"

  # New tasks first, then the old ones go: what was running never falls below what it was.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  # An image whose tasks do not become healthy is taken back by ECS itself.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = [for z in keys(local.zones) : aws_subnet.private[z].id]
    security_groups  = [aws_security_group.worker.id]
    assign_public_ip = false
  }

  lifecycle {
    # Auto scaling's business.
    ignore_changes = [desired_count]
  }

  depends_on = [aws_iam_role_policy.worker, aws_iam_role_policy.execution]
}

resource "aws_lambda_function" "router" {
  #checkov:skip=CKV_AWS_50:The access log and the router's own log have each request by its id; tracing would need a right on * and be paid for each request.
  #checkov:skip=CKV_AWS_116:Only S3's events are asynchronous; they go to the jobs' dead-letter queue by the event invoke config below.
  #checkov:skip=CKV_AWS_117:It talks to S3, SQS and DynamoDB only, by their public names and signed; inside the VPC it would wait for a network interface and pay NAT.
  #checkov:skip=CKV_AWS_173:Names of buckets, queue and table are no secret.
  #checkov:skip=CKV_AWS_272:Code signing is for zip files; the image is named by an immutable tag.
  function_name = local.router
  description   = "API requests and finished uploads to jobs"
  role          = aws_iam_role.router.arn
  package_type  = "Image"
  image_uri     = local.image
  architectures = ["x86_64"]
  memory_size   = 512
  # The gateway waits 29 s and no longer.
  timeout                        = 28
  reserved_concurrent_executions = var.router_concurrency

  image_config {
    entry_point = ["/usr/local/bin/vidqc-router"]
    command     = ["--lambda"]
  }

  environment {
    variables = local.router_environment
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.router.name
  }

  depends_on = [aws_iam_role_policy.router, aws_iam_role_policy.router_logs, aws_ecr_repository_policy.vidqc]
}

# S3's event of an upload that the router could not take three times must not vanish.
resource "aws_lambda_function_event_invoke_config" "router" {
  function_name                = aws_lambda_function.router.function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 6 * 3600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead.arn
    }
  }

  depends_on = [aws_iam_role_policy.router_failures]
}

resource "aws_lambda_permission" "s3" {
  statement_id   = "uploads"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.router.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.clips.arn
  source_account = local.account
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.router.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.main.execution_arn}/*"
}
