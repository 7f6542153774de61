"""The migration that makes an app's tables, all at once, as they stand at its end.

Django draws every model that is related to a changed one anew for each single operation. Here all
models hang together by their acquirer and merchant, so that a hundred tables cost more than a
minute of CPU. An app's first migration only makes tables: nothing in it needs an earlier state.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, Migration
from django.db.migrations.operations import AddConstraint, AddField, AddIndex
from django.db.migrations.state import ProjectState

# What makemigrations writes into a first migration. The last three belong to tables that it makes.
_KNOWN = (CreateModel, AddField, AddIndex, AddConstraint)


class FirstMigration(Migration):
    """As Django's, and draws the models once instead of once per operation."""

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        """Make each model's table with every column, index and constraint that it has at the end.

        Raises TypeError for any other operation: that belongs into a migration of its own.
        """
        vars(project_state).pop("apps", None)  # while it is there, every change draws anew
        for operation in self.operations:
            if not isinstance(operation, _KNOWN):
                raise TypeError(f"{operation!r} does not belong into the first migration of an app")
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            if isinstance(operation, CreateModel):
                schema_editor.create_model(
                    project_state.apps.get_model(self.app_label, operation.name)
                )
        return project_state
