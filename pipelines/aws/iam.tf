# Who may do what.  The two programs' policies are templates beside this file, owned by those
# who write the programs.

data "aws_iam_policy_document" "assume" {
  for_each = {
    ecs    = "ecs-tasks.amazonaws.com"
    lambda = "lambda.amazonaws.com"
    flow   = "vpc-flow-logs.amazonaws.com"
    apigw  = "apigateway.amazonaws.com"
  }

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [each.value]
    }
    # No other account's resources may have the service act for them (Lambda and the gateway's
    # account setting do not say whose they are).
    dynamic "condition" {
      for_each = contains(["ecs", "flow"], each.key) ? [local.account] : []
      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }
}

locals {
  policy_names = {
    clips_bucket_arn    = aws_s3_bucket.clips.arn
    models_bucket_arn   = aws_s3_bucket.models.arn
    queue_arn           = aws_sqs_queue.jobs.arn
    dlq_arn             = aws_sqs_queue.dead.arn
    results_table_arn   = aws_dynamodb_table.results.arn
    task_arns           = "arn:${local.partition}:ecs:${var.region}:${local.account}:task/${local.name}/*"
    allowed_bucket_arns = jsonencode([for b in var.allowed_buckets : "arn:${local.partition}:s3:::${b}"])
  }
}

# ---- worker ----

resource "aws_iam_role" "worker" {
  name                 = "vidqc-worker-${local.everywhere}"
  assume_role_policy   = data.aws_iam_policy_document.assume["ecs"].json
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_role_policy" "worker" {
  name   = "jobs"
  role   = aws_iam_role.worker.id
  policy = templatefile("${path.module}/policies/worker.json.tftpl", local.policy_names)
}

# ---- what ECS itself needs to start a worker ----

resource "aws_iam_role" "execution" {
  name                 = "vidqc-execution-${local.everywhere}"
  assume_role_policy   = data.aws_iam_policy_document.assume["ecs"].json
  permissions_boundary = aws_iam_policy.boundary.arn
}

data "aws_iam_policy_document" "execution" {
  #checkov:skip=CKV_AWS_356:ecr:GetAuthorizationToken has no resource; AWS allows nothing but * for it.
  statement {
    sid       = "Registry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "Image"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.vidqc.arn]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.worker.arn}:log-stream:*"]
  }

  dynamic "statement" {
    for_each = length(local.model_secrets) == 0 ? [] : [values(local.model_secrets)]
    content {
      sid       = "Model"
      actions   = ["ssm:GetParameters"]
      resources = statement.value
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

# ---- router ----

resource "aws_iam_role" "router" {
  name                 = "vidqc-router-${local.everywhere}"
  assume_role_policy   = data.aws_iam_policy_document.assume["lambda"].json
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_role_policy" "router" {
  name   = "jobs"
  role   = aws_iam_role.router.id
  policy = templatefile("${path.module}/policies/router.json.tftpl", local.policy_names)
}

data "aws_iam_policy_document" "router_logs" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.router.arn}:log-stream:*"]
  }
}

resource "aws_iam_role_policy" "router_logs" {
  name   = "logs"
  role   = aws_iam_role.router.id
  policy = data.aws_iam_policy_document.router_logs.json
}

data "aws_iam_policy_document" "router_failures" {
  statement {
    sid       = "LostEvents"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead.arn]
  }
}

resource "aws_iam_role_policy" "router_failures" {
  name   = "lost-events"
  role   = aws_iam_role.router.id
  policy = data.aws_iam_policy_document.router_failures.json
}

# ---- logs of the network and of the gateway ----

resource "aws_iam_role" "flow" {
  name                 = "vidqc-flow-${local.everywhere}"
  assume_role_policy   = data.aws_iam_policy_document.assume["flow"].json
  permissions_boundary = aws_iam_policy.boundary.arn
}

data "aws_iam_policy_document" "flow" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [aws_cloudwatch_log_group.flow.arn, "${aws_cloudwatch_log_group.flow.arn}:log-stream:*"]
  }
}

resource "aws_iam_role_policy" "flow" {
  name   = "logs"
  role   = aws_iam_role.flow.id
  policy = data.aws_iam_policy_document.flow.json
}

resource "aws_iam_role" "gateway" {
  name               = "vidqc-gateway-${local.everywhere}"
  assume_role_policy = data.aws_iam_policy_document.assume["apigw"].json
}

# AWS's own policy: the gateway checks for these rights on all log groups before it takes the role.
resource "aws_iam_role_policy_attachment" "gateway" {
  role       = aws_iam_role.gateway.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

# ---- the most that any of these roles can ever have ----

# Deployments may make and change roles; with this boundary they cannot make one that could do
# more than the service does.
data "aws_iam_policy_document" "boundary" {
  #checkov:skip=CKV_AWS_111:A boundary grants nothing; it limits what policies grant.
  #checkov:skip=CKV_AWS_356:As above: logs and ECR's token are limited by the roles' own policies.
  statement {
    sid     = "Data"
    actions = ["s3:*", "sqs:*", "dynamodb:*", "ssm:GetParameters", "ecs:UpdateTaskProtection", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = concat(
      flatten([for b in concat(values(local.buckets), var.allowed_buckets) : [
        "arn:${local.partition}:s3:::${b}",
        "arn:${local.partition}:s3:::${b}/*",
      ]]),
      [
        "arn:${local.partition}:sqs:${var.region}:${local.account}:vidqc-*",
        "arn:${local.partition}:dynamodb:${var.region}:${local.account}:table/vidqc-*",
        "arn:${local.partition}:ssm:${var.region}:${local.account}:parameter/vidqc/${var.environment}/*",
        "arn:${local.partition}:ecr:${var.region}:${local.account}:repository/${local.name}",
        "arn:${local.partition}:ecs:${var.region}:${local.account}:task/${local.name}/*",
      ],
    )
  }

  statement {
    sid = "LogsAndToken"
    actions = [
      "ecr:GetAuthorizationToken",
      "logs:CreateLogStream",
      "logs:DescribeLogStreams",
      "logs:PutLogEvents",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name   = "vidqc-boundary-${local.everywhere}"
  policy = data.aws_iam_policy_document.boundary.json
}
