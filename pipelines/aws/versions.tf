# One root module, one state for each environment.  An environment is an account (or a region)
# of its own: log groups, metrics and the gateway's account settings have no environment in
# their names.
terraform {
  # 1.10 is the first whose S3 backend locks without a table of its own.
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100.0"
    }
  }

  # Bucket, key and region come from pipelines/aws/deploy, which makes the bucket first.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "vidqc"
      Environment = var.environment
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # vidqc-staging: what everything is called that needs no other name.
  name = "vidqc-${var.environment}"

  # Roles, policies, dashboards and budgets are the account's in all regions: a second region,
  # when the first fails, must not meet names of the first.
  everywhere = "${var.environment}-${var.region}"

  # The numbers of the scaling policy; simulate reads the same file.
  scaling = jsondecode(file("${path.module}/scaling.json"))
}
