# Results, one item a job, and the parameters that tasks and operators read.

resource "aws_dynamodb_table" "results" {
  #checkov:skip=CKV_AWS_119:Encrypted with a key of AWS's; a key of our own would add a right that the same two roles would both get.
  name                        = "vidqc-results-${var.environment}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "job_id"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "job_id"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = false
  }
}

locals {
  model_uri = var.model_key == "" ? "" : "s3://${local.buckets.models}/${var.model_key}"

  # No secret is among them: they are names of things, for people, scripts and tasks.
  parameters = merge(
    {
      image_tag     = var.image_tag
      queue_url     = aws_sqs_queue.jobs.url
      clips_bucket  = aws_s3_bucket.clips.id
      results_table = aws_dynamodb_table.results.name
      api_url       = aws_api_gateway_stage.main.invoke_url
    },
    local.model_parameters,
  )
  # A task reads these two when it starts.
  model_parameters = local.model_uri == "" ? {} : {
    model        = local.model_uri
    model_sha256 = var.model_sha256
  }
}

resource "aws_ssm_parameter" "main" {
  #checkov:skip=CKV2_AWS_34:Names of things that the console shows as well; nothing secret is kept in a parameter.
  for_each = local.parameters

  name  = "/vidqc/${var.environment}/${each.key}"
  type  = "String"
  value = each.value
}
