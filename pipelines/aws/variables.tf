variable "environment" {
  description = "Which of the environments this is; part of every name."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "The environment is staging or production."
  }
}

variable "region" {
  description = "Where everything runs."
  type        = string
  default     = "eu-central-1"
}

variable "image_tag" {
  description = "The git SHA that the image in ECR is tagged with."
  type        = string

  # Never latest: a task that starts tomorrow must run what was deployed today.
  validation {
    condition     = can(regex("^[0-9a-f]{40}$", var.image_tag))
    error_message = "image_tag is a full git SHA: 40 hex digits."
  }
}

variable "bucket_suffix" {
  description = "Appended to the names of buckets, which all accounts of AWS share: -example for vidqc-clips-staging-example."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(-[a-z0-9-]{1,20})?$", var.bucket_suffix))
    error_message = "bucket_suffix is empty, or a hyphen and up to 20 of a-z, 0-9 and hyphen."
  }
}

# ---- network ----

variable "vpc_cidr" {
  description = "The private network; its first half is cut into four subnets."
  type        = string
  default     = "10.64.0.0/20"
}

variable "zones" {
  description = "The letters of two zones of the region, by name: a zone that AWS adds must not move anything."
  type        = list(string)
  default     = ["a", "b"]

  validation {
    condition     = length(var.zones) == 2 && length(distinct(var.zones)) == 2
    error_message = "Two different zones."
  }
}

variable "nat_gateways" {
  description = "1 for both zones, or 2: one zone can then fail without the other's tasks losing the network."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2], var.nat_gateways)
    error_message = "There are two zones: 1 or 2 NAT gateways."
  }
}

variable "interface_endpoints" {
  description = "Private endpoints for SQS, ECR, CloudWatch Logs and SSM, so that this traffic does not pass NAT; see the costs in vidqc-aws(7)."
  type        = bool
  default     = false
}

# ---- data ----

variable "clip_retention_days" {
  description = "Uploaded clips are deleted after so many days."
  type        = number
  default     = 30

  validation {
    condition     = var.clip_retention_days >= 1 && floor(var.clip_retention_days) == var.clip_retention_days
    error_message = "A whole number of days, at least 1."
  }
}

variable "upload_origins" {
  description = "Web sites whose pages may ask the API and upload with a presigned URL (CORS); * is all of them."
  type        = list(string)
  default     = ["*"]
}

variable "allowed_buckets" {
  description = "Further buckets whose clips s3_uri may name.  Their owner must let the worker's and router's roles read them."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for b in var.allowed_buckets : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", b))])
    error_message = "Names of buckets, without s3://."
  }
}

variable "model_key" {
  description = "The model in the models bucket; empty for the one in the image."
  type        = string
  default     = ""
}

variable "model_sha256" {
  description = "SHA-256 of that model, in hex; a worker refuses any other bytes."
  type        = string
  default     = ""

  validation {
    condition     = (var.model_key == "") == (var.model_sha256 == "")
    error_message = "model_key and model_sha256 are given together."
  }
  validation {
    condition     = can(regex("^([0-9a-f]{64})?$", var.model_sha256))
    error_message = "64 hex digits."
  }
}

# ---- API ----

variable "auth" {
  description = "How callers say who they are: api_key or cognito."
  type        = string
  default     = "api_key"

  validation {
    condition     = contains(["api_key", "cognito"], var.auth)
    error_message = "auth is api_key or cognito."
  }
}

variable "api_rate" {
  description = "Requests a second for each key, and for the whole stage."
  type        = number
  default     = 20
}

variable "api_burst" {
  description = "Requests at once above that rate."
  type        = number
  default     = 40
}

variable "api_daily_quota" {
  description = "Requests a day for each key."
  type        = number
  default     = 100000
}

variable "router_concurrency" {
  description = "Routers at once.  -1 for no limit of its own, which a new account with ten in all needs."
  type        = number
  default     = 50
}

# ---- workers ----

variable "max_tasks" {
  description = "The most workers at once, when it is not max_tasks of scaling.json; see SCALING in vidqc-aws(7)."
  type        = number
  default     = null

  validation {
    condition     = try(var.max_tasks >= 1 && floor(var.max_tasks) == var.max_tasks, var.max_tasks == null)
    error_message = "A whole number of tasks, at least 1."
  }
}

# ---- operations ----

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "alarm_email" {
  description = "Who hears of alarms and of the budget; empty for nobody."
  type        = string
  default     = ""
}

variable "monthly_budget_usd" {
  description = "The budget alarm warns at 80 % of it and at a forecast of 100 %."
  type        = number
}

variable "deletion_protection" {
  description = "Refuse to destroy what holds data: buckets that are not empty, the table, the image repository, the user pool."
  type        = bool
  default     = true
}

variable "github_repository" {
  description = "OWNER/NAME whose workflows may deploy this environment; empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?$", var.github_repository))
    error_message = "OWNER/NAME, without a wildcard."
  }
}
