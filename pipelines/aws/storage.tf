# Clips come and go; models stay, every version of them.

locals {
  buckets = {
    clips  = "vidqc-clips-${var.environment}${var.bucket_suffix}"
    models = "vidqc-models-${var.environment}${var.bucket_suffix}"
  }
}

resource "aws_s3_bucket" "clips" {
  #checkov:skip=CKV_AWS_18:The router's log names every upload and the worker's every read; a log bucket would keep callers' addresses longer than their clips.
  #checkov:skip=CKV_AWS_21:A clip is written once and must be gone after its days; versions would keep it.
  #checkov:skip=CKV_AWS_144:A clip is worth minutes; whoever sent it can send it again to another region.
  #checkov:skip=CKV_AWS_145:Encrypted with S3's own keys; a key of our own would add a right that the same two roles would both get.
  bucket        = local.buckets.clips
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket" "models" {
  #checkov:skip=CKV_AWS_18:Few people write here, and the versions say what and when.
  #checkov:skip=CKV_AWS_144:Models are built from the repository and can be put anywhere again; see region failure in vidqc-aws(7).
  #checkov:skip=CKV_AWS_145:Encrypted with S3's own keys; a model is no secret, and its SHA-256 is checked by the worker.
  #checkov:skip=CKV2_AWS_62:Nobody waits for a new model: one is deployed by its name and SHA-256.
  bucket        = local.buckets.models
  force_destroy = !var.deletion_protection
}

locals {
  bucket = {
    clips  = aws_s3_bucket.clips
    models = aws_s3_bucket.models
  }
}

resource "aws_s3_bucket_public_access_block" "main" {
  for_each = local.bucket

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "main" {
  for_each = local.bucket

  bucket = each.value.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "main" {
  for_each = local.bucket

  bucket = each.value.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.bucket

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]
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

resource "aws_s3_bucket_policy" "main" {
  for_each = local.bucket

  bucket = each.value.id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.main]
}

resource "aws_s3_bucket_versioning" "models" {
  bucket = aws_s3_bucket.models.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "clips" {
  bucket = aws_s3_bucket.clips.id

  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = var.clip_retention_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "models" {
  bucket = aws_s3_bucket.models.id

  rule {
    id     = "tidy"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = 365
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.models]
}

# A page uploads with the URL that it was given; the URL is the permission, the origin is not.
resource "aws_s3_bucket_cors_configuration" "clips" {
  count = length(var.upload_origins) > 0 ? 1 : 0

  bucket = aws_s3_bucket.clips.id
  cors_rule {
    allowed_methods = ["PUT"]
    allowed_origins = var.upload_origins
    allowed_headers = ["content-type", "content-length", "x-amz-*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3600
  }
}

# An object that arrives by a presigned URL becomes a job.
resource "aws_s3_bucket_notification" "clips" {
  bucket = aws_s3_bucket.clips.id

  lambda_function {
    lambda_function_arn = aws_lambda_function.router.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "uploads/"
  }

  depends_on = [aws_lambda_permission.s3]
}
