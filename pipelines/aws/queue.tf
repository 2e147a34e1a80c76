# Jobs, and where a job goes that three workers could not finish.

resource "aws_sqs_queue" "jobs" {
  name                       = "vidqc-jobs-${var.environment}"
  visibility_timeout_seconds = local.scaling.visibility_timeout
  receive_wait_time_seconds  = 20
  message_retention_seconds  = 4 * 24 * 3600
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = local.scaling.max_receives
  })
}

resource "aws_sqs_queue" "dead" {
  name                       = "vidqc-jobs-${var.environment}-dlq"
  visibility_timeout_seconds = local.scaling.visibility_timeout
  receive_wait_time_seconds  = 20
  message_retention_seconds  = 14 * 24 * 3600
  sqs_managed_sse_enabled    = true
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.jobs.arn]
  })
}

data "aws_iam_policy_document" "queue" {
  for_each = { jobs = aws_sqs_queue.jobs.arn, dead = aws_sqs_queue.dead.arn }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "main" {
  for_each = { jobs = aws_sqs_queue.jobs.id, dead = aws_sqs_queue.dead.id }

  queue_url = each.value
  policy    = data.aws_iam_policy_document.queue[each.key].json
}
