# What deploy, the smoke test and people ask for.

output "image_tag" {
  value = var.image_tag
}

output "repository" {
  value = aws_ecr_repository.vidqc.repository_url
}

output "cluster" {
  value = aws_ecs_cluster.main.name
}

output "service" {
  value = aws_ecs_service.worker.name
}

output "task_definition" {
  value = aws_ecs_task_definition.worker.arn
}

output "api_url" {
  value = aws_api_gateway_stage.main.invoke_url
}

output "usage_plan" {
  value = aws_api_gateway_usage_plan.main.id
}

output "user_pool" {
  description = "Empty when callers have keys."
  value       = join("", aws_cognito_user_pool.main[*].id)
}

output "user_pool_client" {
  value = join("", aws_cognito_user_pool_client.main[*].id)
}

output "queue_url" {
  value = aws_sqs_queue.jobs.url
}

output "dead_letter_url" {
  value = aws_sqs_queue.dead.url
}

output "clips_bucket" {
  value = aws_s3_bucket.clips.id
}

output "models_bucket" {
  value = aws_s3_bucket.models.id
}

output "results_table" {
  value = aws_dynamodb_table.results.name
}

output "deploy_role" {
  description = "For the variable AWS_DEPLOY_ROLE of the GitHub environment."
  value       = one(aws_iam_role.deploy[*].arn)
}
