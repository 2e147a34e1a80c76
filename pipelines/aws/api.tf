# The gateway.  It is made from the router's OpenAPI description, of which it takes paths,
# methods and the types of bodies that are not JSON; whether a request is well formed is the
# router's to say, in one place.  The gateway imports OpenAPI 3.0 and the description is 3.1,
# so that its schemas would not pass anyway.

locals {
  # JSON is YAML as well.
  openapi = yamldecode(file("${path.module}/${one(fileset(path.module, "openapi.{json,yaml}"))}"))

  methods = ["get", "post", "put", "patch", "delete"]

  # The gateway hands these types over in base64, as the router expects them.
  binary_types = sort(distinct(flatten([
    for path, item in local.openapi.paths : [
      for method, operation in item : [
        for type in keys(try(operation.requestBody.content, {})) : type if !strcontains(type, "json")
      ] if contains(local.methods, method)
    ]
  ])))

  # As text, because the two have different members.
  security_scheme = jsondecode(
    var.auth == "api_key"
    ? jsonencode({ type = "apiKey", name = "x-api-key", in = "header" })
    : jsonencode({
      type                         = "apiKey"
      name                         = "Authorization"
      in                           = "header"
      x-amazon-apigateway-authtype = "cognito_user_pools"
      x-amazon-apigateway-authorizer = {
        type         = "cognito_user_pools"
        providerARNs = [for p in aws_cognito_user_pool.main : p.arn]
      }
    })
  )

  # Before a page of another site may ask, its browser asks whether it may, without a key: the
  # gateway answers that alone.  Which origins may read answers is the router's to say.
  preflight_method = [for method in ["options"] : method if length(var.upload_origins) > 0]
  preflight_headers = {
    for path, item in local.openapi.paths : path => {
      Access-Control-Allow-Origin  = "'*'"
      Access-Control-Allow-Methods = "'${join(",", [for method in local.methods : upper(method) if contains(keys(item), method)])}'"
      Access-Control-Allow-Headers = "'Content-Type,Idempotency-Key,X-Api-Key,Authorization'"
      Access-Control-Max-Age       = "'3600'"
    }
  }
  preflight = {
    for path, headers in local.preflight_headers : path => {
      for method in local.preflight_method : method => {
        responses = {
          "204" = {
            description = "What a page may ask"
            headers     = { for name in keys(headers) : name => { schema = { type = "string" } } }
          }
        }
        x-amazon-apigateway-integration = {
          type             = "mock"
          requestTemplates = { "application/json" = "{\"statusCode\": 204}" }
          responses = {
            default = {
              statusCode         = "204"
              responseParameters = { for name, value in headers : "method.response.header.${name}" => value }
            }
          }
        }
      }
    }
  }

  gateway = {
    openapi = "3.0.1"
    info    = { title = local.name, version = tostring(local.openapi.info.version) }
    paths = {
      for path, item in local.openapi.paths : path => merge(local.preflight[path], {
        for method, operation in item : method => {
          operationId = operation.operationId
          parameters = [
            for name in flatten(regexall("\\{([^}]+)\\}", path)) :
            { name = name, in = "path", required = true, schema = { type = "string" } }
          ]
          security  = [{ (var.auth) = [] }]
          responses = { default = { description = "The router's answer" } }
          x-amazon-apigateway-integration = {
            type                = "aws_proxy"
            httpMethod          = "POST"
            uri                 = aws_lambda_function.router.invoke_arn
            passthroughBehavior = "when_no_match"
            timeoutInMillis     = 29000
          }
        } if contains(local.methods, method)
      })
    }
    x-amazon-apigateway-binary-media-types = local.binary_types

    components = { securitySchemes = { (var.auth) = local.security_scheme } }

    # What the gateway itself refuses reads like what the router refuses.  Pages may read it
    # whatever their origin: it says nothing of anybody's jobs.
    x-amazon-apigateway-gateway-responses = {
      for name in ["DEFAULT_4XX", "DEFAULT_5XX"] : name => {
        responseParameters = merge(
          { "gatewayresponse.header.Content-Type" = "'application/problem+json'" },
          { for _ in local.preflight_method : "gatewayresponse.header.Access-Control-Allow-Origin" => "'*'" },
        )
        responseTemplates = {
          "application/json" = join("", [
            "{\"type\":\"about:blank\",\"title\":$context.error.messageString,",
            "\"code\":\"$context.error.responseType\",\"request_id\":\"$context.requestId\"}",
          ])
        }
      }
    }
  }
}

resource "aws_api_gateway_rest_api" "main" {
  name              = local.name
  description       = local.openapi.info.title
  body              = jsonencode(local.gateway)
  put_rest_api_mode = "overwrite"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_deployment" "main" {
  rest_api_id = aws_api_gateway_rest_api.main.id
  triggers    = { body = sha256(jsonencode(local.gateway)) }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "main" {
  #checkov:skip=CKV_AWS_73:The access log has each request by its id; tracing is paid for each request.
  #checkov:skip=CKV_AWS_120:A job's status must not come from a cache.
  #checkov:skip=CKV2_AWS_29:Callers have keys, quotas and a rate; a web firewall costs more than the rest of a small service.
  #checkov:skip=CKV2_AWS_51:The integration is a Lambda function, called by AWS's own identity; no back end sees a client certificate.
  rest_api_id   = aws_api_gateway_rest_api.main.id
  deployment_id = aws_api_gateway_deployment.main.id
  stage_name    = var.environment

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    # No key, no token, no body.
    format = jsonencode({
      for k, v in {
        request   = "requestId"
        time      = "requestTime"
        method    = "httpMethod"
        path      = "path"
        status    = "status"
        error     = "error.responseType"
        key       = "identity.apiKeyId"
        caller    = "identity.sourceIp"
        bytes     = "responseLength"
        ms        = "responseLatency"
        router_ms = "integrationLatency"
      } : k => "$context.${v}"
    })
  }

  depends_on = [aws_api_gateway_account.main]
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:A job's status must not come from a cache.
  #checkov:skip=CKV_AWS_308:There is no cache to encrypt.
  rest_api_id = aws_api_gateway_rest_api.main.id
  stage_name  = aws_api_gateway_stage.main.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.api_rate
    throttling_burst_limit = var.api_burst
  }
}

# One setting for an account and region: the role by which gateways write their logs.
resource "aws_api_gateway_account" "main" {
  cloudwatch_role_arn = aws_iam_role.gateway.arn

  depends_on = [aws_iam_role_policy_attachment.gateway]
}

# Keys are made by deploy, not here: their values would stand in the state.
resource "aws_api_gateway_usage_plan" "main" {
  name        = local.name
  description = "What one key may ask"

  api_stages {
    api_id = aws_api_gateway_rest_api.main.id
    stage  = aws_api_gateway_stage.main.stage_name
  }

  throttle_settings {
    rate_limit  = var.api_rate
    burst_limit = var.api_burst
  }

  quota_settings {
    limit  = var.api_daily_quota
    period = "DAY"
  }
}

# ---- callers as users, when auth = cognito ----

resource "aws_cognito_user_pool" "main" {
  count = var.auth == "cognito" ? 1 : 0

  name                     = local.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = "OPTIONAL"
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  # Nobody signs up by himself.
  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  software_token_mfa_configuration {
    enabled = true
  }

  password_policy {
    minimum_length                   = 14
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = true
    temporary_password_validity_days = 3
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }
}

# Without a client secret, which would stand in the state: callers prove their password by SRP.
# The flow of administrators, for which AWS asks a right, is the smoke test's.
resource "aws_cognito_user_pool_client" "main" {
  count = var.auth == "cognito" ? 1 : 0

  name                          = local.name
  user_pool_id                  = aws_cognito_user_pool.main[0].id
  generate_secret               = false
  explicit_auth_flows           = ["ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true
  id_token_validity             = 1
  access_token_validity         = 1
  refresh_token_validity        = 30
}
